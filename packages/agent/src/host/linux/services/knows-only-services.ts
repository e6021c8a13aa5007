import type { Services } from '../../host.ts'

/** The answers of a manager without dependencies, lists of units and logs. */
export const knowsOnlyServices: Pick<
  Services,
  'unneededWithout' | 'obstacles' | 'active' | 'fates' | 'boundToMount' | 'lastWords'
> = {
  unneededWithout: async () => [],
  obstacles: async () => [],
  active: async () => null,
  fates: async () => [],
  boundToMount: async () => [],
  lastWords: async () => null,
}
