import { hostname } from 'node:os'
import { instantText } from '@chaos-lite/shared'
import type { RecordHead } from './record.ts'

/** The page that a person follows when nothing else works: what was changed, when, where, and how to roll it back. */
export function undoText(head: RecordHead, byHand: readonly string[], host = hostname()): string {
  const what = head.runId === null ? 'a rehearsal on this host' : `run ${head.runId}, step ${head.stepId}`
  const bullets = (lines: readonly string[]) => lines.map((text) => `  - ${text}`).join('\n')
  return `HOW TO ROLL BACK THIS HOST BY HAND

Host:      ${host}
Failure:   ${head.action} (${what})
Record:    ${head.recordId}
Prepared:  ${instantText(head.preparedWallMs)}
Roll back: by itself, due at the latest ${instantText(head.revertByWallMs)}; if that time has passed, it failed

First let the agent do it:

    chaos-lite-agent revert --record ${head.recordId}

What was going to be changed, and how it is rolled back:
${bullets(head.sentences)}

What is touched:
${bullets(head.touches)}

If the agent cannot do it, do this by hand, as the administrator:
${bullets(byHand)}

When the host is as it was before, run once more:

    chaos-lite-agent revert --record ${head.recordId}

It compares the host with the undo record, and closes the record only if they agree.
`
}
