// Lets Node.js 20 run the workspace's TypeScript as it stands: types are taken off one file at a time, while it is loaded.
// Used as `node --import ./scripts/typescript.mjs --conditions=@mq/source file.ts`.

import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transformWithOxc } from 'vite'

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  const path = fileURLToPath(url)
  const { code } = await transformWithOxc(await readFile(path, 'utf8'), path, { sourcemap: false })
  return { format: 'module', source: code, shortCircuit: true }
}
