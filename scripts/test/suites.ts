import { existsSync } from 'node:fs'
import { chromiumPath } from '../setup/chromium.ts'

/** A suite of tests, and why it cannot run here (null: it can). */
export interface Suite {
  readonly name: string
  readonly why: string
  /** The Vitest projects that it runs; the one of its name where nothing is said. */
  readonly projects?: readonly string[]
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

/** The Vitest projects, in the order in which they run: quick ones first, and beside each other what mostly waits. */
export const suites: readonly (readonly Suite[])[] = [
  [
    {
      name: 'unit',
      why: 'units, contracts, protocol and documentation',
      projects: ['unit', 'together'],
      obstacle: async () => null,
    },
    { name: 'e2e', why: 'the dashboard in a real browser', obstacle: browser },
  ],
  [{ name: 'lab', why: 'drills on real systemd hosts, crashes and power cuts', obstacle: lab }],
  [{ name: 'lab-alone', why: 'what a lab leaves behind on the machine', obstacle: lab }],
]
