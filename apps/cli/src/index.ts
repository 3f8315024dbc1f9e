export { ExitCode } from './exit-code.ts'
export { type Io, type Output, processIo } from './io.ts'
export { main } from './main.ts'
