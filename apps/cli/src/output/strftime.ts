/**
 * strftime(3) for one conversion character, in local time and the C locale: what `@X` of -F stands for.
 * Returns undefined for a character that POSIX does not know.
 */
export function strftime(conversion: string, date: Date): string | undefined {
  return conversions[conversion]?.(date)
}

/** `+0100` */
export function zoneOffset(date: Date): string {
  const minutes = -date.getTimezoneOffset()
  const absolute = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(absolute / 60), 2)}${pad(absolute % 60, 2)}`
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
// biome-ignore format: a table
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

const pad = (value: number, width: number, fill = '0'): string => String(value).padStart(width, fill)
const day = (date: Date): string => days[date.getDay()] ?? ''
const month = (date: Date): string => months[date.getMonth()] ?? ''
const hour12 = (date: Date): number => date.getHours() % 12 || 12
const clock = (date: Date): string =>
  `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`
const american = (date: Date): string =>
  `${pad(date.getMonth() + 1, 2)}/${pad(date.getDate(), 2)}/${pad(date.getFullYear() % 100, 2)}`
const iso = (date: Date): string => `${date.getFullYear()}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`

/** Days since 1 January, 0 to 365. UTC arithmetic on the local date, so that a change of clocks in between does not count. */
function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 1)
  return (Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) - start) / 86_400_000
}

/** ISO 8601: weeks begin on Monday, and week 1 is the one with the year's first Thursday. */
function isoWeek(date: Date): { year: number; week: number } {
  const thursday = new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate() + 4 - (date.getDay() || 7)))
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  return { year: thursday.getUTCFullYear(), week: Math.floor((thursday.getTime() - start) / 604_800_000) + 1 }
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date)
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
}

const conversions: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => day(date).slice(0, 3),
  A: day,
  b: (date) => month(date).slice(0, 3),
  B: month,
  c: (date) =>
    `${day(date).slice(0, 3)} ${month(date).slice(0, 3)} ${pad(date.getDate(), 2, ' ')} ${clock(date)} ${date.getFullYear()}`,
  C: (date) => pad(Math.floor(date.getFullYear() / 100), 2),
  d: (date) => pad(date.getDate(), 2),
  D: american,
  e: (date) => pad(date.getDate(), 2, ' '),
  F: iso,
  g: (date) => pad(isoWeek(date).year % 100, 2),
  G: (date) => String(isoWeek(date).year),
  h: (date) => month(date).slice(0, 3),
  H: (date) => pad(date.getHours(), 2),
  I: (date) => pad(hour12(date), 2),
  j: (date) => pad(dayOfYear(date) + 1, 3),
  k: (date) => pad(date.getHours(), 2, ' '),
  l: (date) => pad(hour12(date), 2, ' '),
  m: (date) => pad(date.getMonth() + 1, 2),
  M: (date) => pad(date.getMinutes(), 2),
  n: () => '\n',
  p: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  P: (date) => (date.getHours() < 12 ? 'am' : 'pm'),
  r: (date) =>
    `${pad(hour12(date), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)} ${date.getHours() < 12 ? 'AM' : 'PM'}`,
  R: (date) => `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}`,
  s: (date) => String(Math.floor(date.getTime() / 1000)),
  S: (date) => pad(date.getSeconds(), 2),
  t: () => '\t',
  T: clock,
  u: (date) => String(date.getDay() || 7),
  U: (date) => pad(Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7), 2),
  V: (date) => pad(isoWeek(date).week, 2),
  w: (date) => String(date.getDay()),
  W: (date) => pad(Math.floor((dayOfYear(date) + 7 - ((date.getDay() + 6) % 7)) / 7), 2),
  x: american,
  X: clock,
  y: (date) => pad(date.getFullYear() % 100, 2),
  Y: (date) => String(date.getFullYear()),
  z: zoneOffset,
  Z: zoneName,
}
