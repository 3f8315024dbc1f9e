import fc from 'fast-check'
import { pino } from 'pino'
import { createBroker } from '../src/index.ts'

const logger = pino({ level: 'error' }, { write: (l: string) => console.log(l) })
for (let r = 0; r < 3; r++) {
  const t = performance.now()
  for (let i = 0; i < 1000; i++) {
    const b = createBroker({ logger })
    await b.close()
  }
  console.log('broker ms each', (performance.now() - t) / 1000)
}
console.log(fc.__version)
