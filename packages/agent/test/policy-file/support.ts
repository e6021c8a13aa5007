import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PolicyRequest } from '../../src/policy/policy.ts'
import type { PolicyQuestion } from '../../src/policy/question.ts'
import { type HostPolicy, type LoadPolicyOptions, loadPolicy } from '../../src/policy-file/index.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'

/** Noon on a Wednesday, UTC. */
export const WEDNESDAY_NOON = Date.UTC(2026, 3, 15, 12)

/** A policy as it lies on a host: a file with this text. */
export async function policyOf(text: string, options: LoadPolicyOptions = {}): Promise<HostPolicy> {
  const path = join(await temporaryFolder(), 'policy.yaml')
  await writeFile(path, text, { mode: 0o644 })
  return loadPolicy(path, options)
}

export function action(
  name: string,
  questions: readonly PolicyQuestion[] = [],
  more: Partial<PolicyRequest> = {},
): PolicyRequest {
  return { kind: 'action', name, harmless: false, questions, holdMs: 60_000, wallMs: WEDNESDAY_NOON, ...more }
}

export function probe(name: string, questions: readonly PolicyQuestion[] = [], harmless = false): PolicyRequest {
  return { kind: 'probe', name, harmless, questions, wallMs: WEDNESDAY_NOON }
}
