// Loaded into a program that foreground.mjs runs, before it: when foreground.mjs is gone, even by SIGKILL, the channel
// between them closes, and the program is told to end as if by a signal.

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
// Not a reason to stay: the program ends when it would without us.
process.channel?.unref()

// What the program forks would inherit this, and may close its own channel when it likes.
const at = process.execArgv.indexOf(import.meta.url)
if (at > 0) process.execArgv.splice(at - 1, 2)
