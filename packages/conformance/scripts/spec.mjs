// Runs spec.ts on every Node.js that we support, from the sources: Vite reads TypeScript where Node.js does not yet.

import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const conditions = ['@mq/source', 'node', 'module', 'import', 'default']
const { module } = await runnerImport(fileURLToPath(new URL('spec.ts', import.meta.url)), {
  configFile: false,
  logLevel: 'error',
  resolve: { conditions },
  ssr: { resolve: { conditions } },
})
module.run()
