import { hostname } from 'node:os'
import { profileNamed, starterPolicy } from '../policy/index.ts'
import { EXIT, type ExitCode, type Terminal } from './world.ts'

export interface PolicyStarterOptions {
  readonly profile: string
  readonly holdAtMost?: string
  /** Additions to the lists of the profile: `services` to its entries, and so on. */
  readonly allow: Readonly<Record<string, readonly string[]>>
}

/** Prints a commented policy to start from. Writes no file: the policy is the administrator's. */
export async function policyStarter(options: PolicyStarterOptions, terminal: Terminal): Promise<ExitCode> {
  const { holdAtMost, allow: lists } = options
  const profile = profileNamed(options.profile)
  const limit = holdAtMost === undefined ? {} : { holdAtMost }
  terminal.out(starterPolicy({ profile, lists, hostname: hostname(), ...limit }).trimEnd())
  return EXIT.ok
}
