// `npm run bench`: builds what is measured, then measures it. `npm run bench -- --help` tells the options.
//
// The built packages are measured, as they are shipped; only the programs of this folder are TypeScript that is read as it is.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runForeground } from '../scripts/foreground.mjs'
import { build, requireNode, root } from '../scripts/workspace.mjs'

requireNode()
// What reads TypeScript is a dependency, too.
if (!existsSync(join(root, 'node_modules', 'vite'))) {
  console.error('The dependencies are not installed yet: `npm start` or `npm test` does that.')
  process.exit(1)
}
const args = process.argv.slice(2)
await import('../scripts/typescript.mjs')
const { help, optionsOf } = await import('./options.ts')
const options = readOptions()
if (options.help) console.log(help)
else {
  if (options.build && options.from === undefined && !(await build())) process.exit(1)
  const hooks = new URL('../scripts/typescript.mjs', import.meta.url).href
  process.exit(await runForeground(['--import', hooks, join(root, 'bench', 'main.ts'), ...args]))
}

function readOptions() {
  try {
    return optionsOf(args)
  } catch (error) {
    console.error(`${error.message}\n\n${help}`)
    process.exit(2)
  }
}
