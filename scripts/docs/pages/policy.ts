import { z } from 'zod'
import { PolicyFile } from '../../../packages/agent/src/policy/schema.ts'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page } from '../page.ts'

/** The keys of the host's own policy file. */
export function policyPage(): Page {
  return markdownPage('docs/reference/policy.md', [
    '# The host policy',
    '',
    '`/etc/chaos-lite/policy.yaml`, owned by root and never written by the agent. What no line names is refused; without the file a host offers only harmless probes. ' +
      'Reverting is never subject to it. `chaos-lite-agent doctor` prints the line that would allow what is refused.',
    '',
    ...fieldsTable(
      z.toJSONSchema(PolicyFile, { io: 'input', reused: 'inline', unrepresentable: 'any' }) as Record<string, unknown>,
    ),
  ])
}
