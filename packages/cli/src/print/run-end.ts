import { type Run, restorationOfHost } from '@chaos-lite/shared'

/** What a person must do now, on hosts that are not as they were or that nobody is sure of; empty where there is nothing. */
export function byHandLines(run: Run): string[] {
  if (run.outcome === null) return []
  return run.hosts.flatMap(({ hostId, name }) => {
    const { restoration, byHand } = restorationOfHost(run, hostId)
    // What is one line long stands in the sentence of the host already.
    const long = byHand.map((text) => text.trim().split('\n')).filter((lines) => lines.length > 1)
    const texts = long.flat().map((text) => `      ${text}`)
    if (restoration === 'stuck')
      return [
        `  ${name} is NOT rolled back. A person must act; UNDO.txt in the journal on the host says the same:`,
        ...texts,
      ]
    if (restoration === 'unknown')
      return [
        `  It is not known whether ${name} is rolled back. A person must look there: chaos-lite-agent status`,
        ...texts,
      ]
    if (restoration === 'pending')
      return [
        `  ${name} has not reported yet whether it is rolled back. It rolls itself back, and reports when it has a link again; on the host: chaos-lite-agent status`,
      ]
    return []
  })
}

/** Where the record of a run is: a page for people, a document for programs. */
export function recordLine(runId: string, url: string | null): string {
  const page = url === null ? '' : `${url}/runs/${runId}, or `
  return `  Record: ${page}chaos-lite run show ${runId} --json`
}
