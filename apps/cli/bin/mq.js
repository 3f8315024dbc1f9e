#!/usr/bin/env node
// Plain JavaScript that old versions of Node can read, so that they get a sentence and not a syntax error.
import { existsSync, readFileSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
const built = new URL('../dist/index.js', import.meta.url)

if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`mq needs Node.js 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
} else if (!existsSync(built)) {
  console.error('mq is not built yet: run npm start or npm run build.')
  process.exit(1)
} else {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const { main, processIo } = await import(built.href)
  process.exit(await main(process.argv.slice(2), processIo(), version))
}
