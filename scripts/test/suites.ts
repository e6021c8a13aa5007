import { existsSync } from 'node:fs'
import { chromiumPath } from '../setup/chromium.ts'

/** A suite of tests, and why it cannot run here (null: it can). */
export interface Suite {
  readonly name: string
  readonly why: string
  readonly obstacle: () => Promise<string | null>
}

const lab = async (): Promise<string | null> => {
  const { labAvailable } = await import('../lab/available.ts')
  const answer = await labAvailable()
  return answer.ok ? null : answer.reason
}

const browser = async (): Promise<string | null> => {
  if (chromiumPath() === null) return 'no Chromium: install it (Debian: apt-get install chromium)'
  return existsSync('/proc/self/ns/mnt') ? null : 'the demo hosts need Linux mount namespaces'
}

/** Suites that run one after another. */
type Lane = readonly Suite[]

/**
 * The Vitest projects: stage after stage, and within a stage the lanes beside each other. Hosts of the lab mostly wait;
 * what computes runs meanwhile.
 */
export const stages: readonly (readonly Lane[])[] = [
  [
    [
      { name: 'unit', why: 'units, contracts, protocol and documentation', obstacle: async () => null },
      { name: 'e2e', why: 'the dashboard in a real browser', obstacle: browser },
    ],
    [{ name: 'lab', why: 'drills on real systemd hosts, crashes and power cuts', obstacle: lab }],
  ],
  [[{ name: 'lab-alone', why: 'what a lab leaves behind on the machine', obstacle: lab }]],
]
