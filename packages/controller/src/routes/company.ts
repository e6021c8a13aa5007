import { ChaosError, type Ulid } from '@chaos-lite/shared'

/** The companies that a list is about: all that the user may see, or the one that was asked for. */
export function companyOf(clientIds: readonly Ulid[], asked: string | undefined): readonly Ulid[] {
  if (asked === undefined) return clientIds
  if (clientIds.includes(asked)) return [asked]
  throw new ChaosError('not-found', `There is no company ${asked}.`)
}
