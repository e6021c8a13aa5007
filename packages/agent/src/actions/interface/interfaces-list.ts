import { fewestLetters, fitsGlob, lettersOf, type NamedKind, type PolicyList } from '../../policy/index.ts'
import { NamePattern } from '../patterns.ts'

const all: NamedKind['all'] = async ({ network }) => (await network.list()).map(({ name }) => name)

/** `interfaces` of the policy file. */
export const interfacesList: PolicyList = {
  key: 'interfaces',
  kind: 'interface',
  entry: NamePattern,
  meaning: 'Network interfaces that may be switched off for a while; * stands for any characters',
  example: 'eth1',
  fits: fitsGlob,
  wide: {
    what: 'patterns for nearly every interface',
    look: (entry) =>
      entry.includes('*') && lettersOf(entry) < fewestLetters ? 'lets nearly every interface go down' : null,
    remedy: 'name the interfaces that a drill needs',
  },
  named: { word: 'network interface', exists: async (host, entry) => (await all(host, entry)).includes(entry), all },
  isDisclosed: true,
}
