// Run by each package before it is built, so that what a renamed file left behind is never published.

import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
