// `pnpm bench`: builds what is measured, then measures it. `pnpm bench --help` tells the options.
//
// The built packages are measured, as they are shipped; only the programs of this folder are TypeScript that is read as it is.

import { join } from 'node:path'
import { runForeground } from '../scripts/foreground.mjs'
import { build, requireNode, root } from '../scripts/workspace.mjs'

requireNode()
const args = process.argv.slice(2)
if (!args.includes('--help') && !args.includes('--no-build') && !(await build())) process.exit(1)
const hooks = new URL('../scripts/typescript.mjs', import.meta.url).href
const main = join(root, 'bench', 'main.ts')
process.exit(await runForeground(['--import', hooks, main, ...args]))
