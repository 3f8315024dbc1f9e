// `npm start`: install, build, run the broker until Ctrl-C. Arguments after `--` go to `mq broker`.

import { join } from 'node:path'
import { runForeground } from './foreground.mjs'
import { build, install, requireNode, root } from './workspace.mjs'

requireNode()
if (!(await install())) fail('could not install its dependencies (see above): is the npm registry reachable?')
if (!(await build())) fail('could not be built (see above).')
console.log('▸ Starting the broker; Ctrl-C stops it')
const executable = join(root, 'apps', 'cli', 'bin', 'mq.js')
process.exit(await runForeground([executable, 'broker', ...process.argv.slice(2)]))

function fail(what) {
  console.error(`mq ${what}`)
  process.exit(1)
}
