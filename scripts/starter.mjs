// Who started this script, and when they are gone.
//
// npm that gets SIGTERM passes it to the shell between it and us, which ends without passing it on, and both end at once;
// with SIGKILL only npm is gone, and the shell stays and waits for us. Neither reaches us as a signal, and nothing that we
// hold open is closed by it, so the only way to hear of it is to look.
//
// Only under npm: whoever starts the script by hand may leave it running on purpose (`nohup node scripts/start.mjs &`).

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

const lookMs = 500
// Noted while this module is loaded: what ends during the install and the build must not be missed.
const parent = process.ppid
const npm = isUnderNpm() ? npmBehindShell(parent) : undefined

/** Calls back once npm, or the shell that it started us with, has ended. */
export function onStarterGone(listener) {
  if (!isUnderNpm()) return
  const timer = setInterval(() => {
    if (process.ppid === parent && (npm === undefined || exists(npm))) return
    clearInterval(timer)
    listener()
  }, lookMs)
  timer.unref()
}

/** On Windows the parent of a process stays the same number when it has ended, and there are no signals to lose. */
function isUnderNpm() {
  return process.platform !== 'win32' && process.env.npm_lifecycle_event !== undefined
}

/** Some shells become the program they are to start; then npm is our parent, and its own parent is none of our business. */
function npmBehindShell(pid) {
  const [name, parentOf] = processOf(pid) ?? []
  return /^-?(ba|da|a|z|k)?sh$/.test(basename(name ?? '')) ? parentOf : undefined
}

/** Its name and its parent. */
function processOf(pid) {
  if (process.platform === 'linux') {
    try {
      // The name is in parentheses and may contain some itself.
      const [, name, parentOf] = /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      return [name, Number(parentOf)]
    } catch {
      return undefined
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' })
  const [, parentOf, name] = /^\s*(\d+)\s+(.+?)\s*$/.exec(stdout ?? '') ?? []
  return name === undefined ? undefined : [name, Number(parentOf)]
}

function exists(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
