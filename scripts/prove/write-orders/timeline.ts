/** One system call of the agent that changes a disk, or makes a change last. */
export interface Call {
  readonly atS: number
  /** As strace writes it, without its result: `fsync(21</etc/hosts>)`. */
  readonly text: string
}

const LONGEST = 160

/** The calls in a trace written with `-ttt -y`, those of files that matter, in the order of time. */
export function callsIn(trace: string): Call[] {
  const calls: Call[] = []
  for (const [, at = '', text = ''] of trace.matchAll(/^\d+ +(\d+\.\d+) (\w+\(.*?)(?: <unfinished|\) += |$)/gm)) {
    if (/\/(?:etc|srv|var\/lib)\b/.test(text)) calls.push({ atS: Number(at), text: text.slice(0, LONGEST) })
  }
  return calls.sort((a, b) => a.atS - b.atS)
}

/** What the agent was doing then: the last call that had begun. */
export function stepAt(calls: readonly Call[], atS: number): string {
  const index = calls.findLastIndex((call) => call.atS <= atS)
  const call = calls[index]
  return call === undefined ? 'before its first step' : `step ${index + 1} of ${calls.length}, ${call.text})`
}
