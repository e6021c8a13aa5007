import { hostname } from 'node:os'
import { profileCommand, profileNamed, starterPolicy } from '../policy-file/index.ts'
import { EXIT, type ExitCode, type Terminal } from '../world.ts'

/** What `policy starter` is given; without a hold, the one of the profile. */
export interface PolicyStarterOptions {
  readonly profile: string
  readonly holdAtMost?: string
  /** Additions to the lists of the profile: `services` to its entries, and so on. */
  readonly allow: Readonly<Record<string, readonly string[]>>
  /** Not the file: the command that adds what the profile allows to a policy that is there. */
  readonly asCommand?: boolean
}

/** Prints a commented policy to start from. Writes no file: the policy is the administrator's. */
export async function policyStarter(options: PolicyStarterOptions, terminal: Terminal): Promise<ExitCode> {
  const { holdAtMost, allow: lists } = options
  const profile = profileNamed(options.profile)
  if (options.asCommand === true) {
    terminal.out(profileCommand(profile, lists) ?? `The profile ${profile} allows nothing that could be added.`)
    return EXIT.ok
  }
  const limit = holdAtMost === undefined ? {} : { holdAtMost }
  terminal.out(starterPolicy({ profile, lists, hostname: hostname(), ...limit }).trimEnd())
  return EXIT.ok
}
