/** What the operating system knows of a process: Linux, from /proc. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ProcessUsage {
  /** Seconds of CPU time since it began. */
  readonly cpuSeconds: number
  readonly rssBytes: number
}

/** Undefined where there is no such process, or no /proc. */
export function readUsage(pid: number, ticksPerSecond: number = clockTicks()): ProcessUsage | undefined {
  try {
    return parseUsage(
      readFileSync(`/proc/${pid}/stat`, 'utf8'),
      readFileSync(`/proc/${pid}/status`, 'utf8'),
      ticksPerSecond,
    )
  } catch {
    return undefined
  }
}

/** proc(5): in stat, the name of the program may hold blanks and brackets, so fields are counted behind its last one. */
export function parseUsage(stat: string, status: string, ticksPerSecond: number): ProcessUsage {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // The third field of the line is the first of these; utime is the 14th, stime the 15th.
  const ticks = Number(fields[11]) + Number(fields[12])
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
  return { cpuSeconds: ticks / ticksPerSecond, rssBytes: kilobytes * 1024 }
}

/** 100 on all but the oddest of systems. */
export function clockTicks(): number {
  try {
    return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })) || 100
  } catch {
    return 100
  }
}
