// What `npm start` and `npm test` share: making this checkout runnable with nothing but Node.js and npm.
//
// pnpm and turbo are dependencies of the workspace itself. Before the first install there is no pnpm, so npx fetches the
// version that package.json pins; from then on the installed one answers in a third of a second.

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Exits with one sentence when this Node.js is older than package.json allows. */
export function requireNode() {
  const needed = manifest.engines.node.replace('>=', '')
  const [major, minor] = needed.split('.').map(Number)
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number)
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return
  console.error(
    `mq needs Node.js ${needed} or newer, and this is ${process.versions.node}: please install a newer one.`,
  )
  process.exit(1)
}

/** The environment of every tool: the workspace's own executables first, and no tool phones home. */
export function toolEnvironment() {
  const bin = join(root, 'node_modules', '.bin')
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return {
    ...process.env,
    [pathKey]: `${bin}${delimiter}${process.env[pathKey] ?? ''}`,
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  }
}

/**
 * Runs one tool from the root of the workspace and says so; its output is shown only when it fails.
 *
 * @param {string} title what is being done, in words
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} silence what it does while it says nothing
 * @returns {Promise<boolean>} whether it ended with exit code 0
 */
export async function step(title, command, args, silence = '') {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  let output = ''
  console.log(`▸ ${title} …`)
  const heartbeat = setInterval(() => {
    const lastLine = output.trimEnd().split('\n').at(-1) || silence
    console.log(`  ${seconds()}  ${lastLine.slice(0, 100)}`)
  }, 5000)
  const child = spawn(command, args, {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // On Windows, npx and the links in node_modules/.bin are scripts that only a shell starts.
    shell: process.platform === 'win32',
  })
  const keep = (chunk) => {
    output += chunk
  }
  child.stdout.setEncoding('utf8').on('data', keep)
  child.stderr.setEncoding('utf8').on('data', keep)
  const ok = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += `${error.message}\n`
      resolve(false)
    })
    child.on('close', (code) => resolve(code === 0))
  })
  clearInterval(heartbeat)
  if (!ok) process.stdout.write(`${output.trimEnd()}\n`)
  console.log(`${ok ? '✓' : '✗'} ${title} (${seconds()})`)
  return ok
}

/** Installs what pnpm-lock.yaml says; cheap when that is already there. */
export function install() {
  const pinned = manifest.devDependencies.pnpm
  const title = 'Installing dependencies'
  if (installedVersion('pnpm') === pinned) return step(title, 'pnpm', ['install', '--frozen-lockfile'])
  return step(title, 'npx', ['--yes', `pnpm@${pinned}`, 'install', '--frozen-lockfile'], 'npx is fetching pnpm')
}

/** Builds every package that changed since its last build. */
export function build() {
  return step('Building', 'turbo', ['run', 'build', '--ui=stream', '--output-logs=errors-only'])
}

function installedVersion(name) {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}
