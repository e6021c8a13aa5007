/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const loadWords = {
  ends: 'It ends by itself when the agent ends, and at the latest when the safety timer would roll the failure back.',
} as const

/** What people read about `cpu.load`, as ICU messages by code. */
export const cpuWords = {
  every:
    'A process of our own keeps every processor busy for {percent} % of the time, with the lowest priority (nice 19): every other program comes first.',
  some: 'A process of our own keeps {cores, plural, one {# processor} other {# processors}} busy for {percent} % of the time, with the lowest priority (nice 19): every other program comes first.',
  size: 'At present that is {cores} of {of} processors.',
  rollback: 'Roll back: the process is ended. It changes nothing else.',
} as const

/** What people read about `io.load`, as ICU messages by code. */
export const ioWords = {
  writes:
    'A process of our own overwrites one file of {fileMiB} MiB in {folder} again and again, each write forced to the disk, {mibPerSecond} MiB per second at most, with the lowest priority.',
  ends: 'No other file is touched. It ends by itself when the agent ends or the file is gone, and at the latest when the safety timer would roll the failure back.',
  rollback:
    'Roll back: the process is ended and the file removed. The folder gets its modification time back where nobody else changed it.',
} as const

/** What people read about `memory.fill`, as ICU messages by code. */
export const memoryWords = {
  takes:
    'A process of our own takes memory until {leavePercent} % of it is available, and always leaves at least {floorMiB} MiB.',
  size: 'At present that leaves {leaveMiB} MiB of {totalMiB} MiB.',
  most: 'It never takes more than {mostMiB} MiB.',
  bound: 'It never takes more than {mostMiB} MiB; if more is needed, the failure is not started.',
  gives:
    'It returns at once what other programs need below that. If memory runs out all the same, the kernel ends this process before any other (oom_score_adj 1000).',
  rollback: 'Roll back: the process is ended. What the kernel moved to swap meanwhile returns when it is used.',
  beyond:
    '{wouldMiB} MiB would have to be taken now, and the limit is {mostMiB} MiB. Set "atMostMiB" to allow more, or to stop earlier',
} as const
