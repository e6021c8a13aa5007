/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  suspended:
    'Every process of {by, select, name {the name {what}} other {the service {what}}} is suspended (SIGSTOP), {most} at most: it keeps its memory, files and connections, and does not answer.',
  others:
    'No process is ended. Programs that wait for them may reach their own time-outs; a watchdog of the service may end them.',
  rollback:
    'Roll back: each process is resumed (SIGCONT), identified by its number and start time, so that no other process is ever touched. What somebody ended, resumed or started meanwhile is left as it is.',
} as const
