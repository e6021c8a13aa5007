import { describe, expect, it } from 'vitest'
import { PolicyFile } from '../../src/policy-file/index.ts'
import { broughtLists, ceilings } from '../../src/policy-file/terms.ts'
import { action, policyOf } from './support.ts'

/** Questions that the file answers whatever the menu holds. */
const common = [
  ...['name', 'address', 'folder', 'file', 'account', 'group', 'repository', 'credential', 'url', 'lookup', 'disk'],
]
const fixedKeys = Object.keys(PolicyFile.shape).filter(
  (key) => ![...broughtLists, ...ceilings].some((term) => term.key === key),
)

describe('what actions add to the policy file', () => {
  it('is a key of the file, brought by one action and by nobody else', () => {
    const keys = [...broughtLists, ...ceilings].map(({ key }) => key)
    expect(keys.length).toBeGreaterThan(0)
    expect(new Set([...keys, ...fixedKeys]).size).toBe(Object.keys(PolicyFile.shape).length)
    expect(new Set(keys).size).toBe(keys.length)
    expect(fixedKeys).toEqual(expect.arrayContaining(['policy', 'actions', 'folders', 'hours', 'holdAtMost']))
  })

  it('answers questions of a kind that nothing else answers', () => {
    const kinds = [...common, ...broughtLists.map(({ kind }) => kind), ...ceilings.map(({ key }) => key)]
    expect(new Set(kinds).size).toBe(kinds.length)
  })

  it.each(broughtLists.map((list) => [list.key, list] as const))(
    '%s: its example is an entry, and allows itself',
    async (key, list) => {
      const question = { kind: list.kind, value: list.example }
      const policy = await policyOf(`policy: 1\nactions: [a.b]\n${key}: ["${list.example}"]\n`)
      expect(policy.allows(action('a.b', [question])).allowed).toBe(true)
      const without = await policyOf('policy: 1\nactions: [a.b]\n')
      expect(without.allows(action('a.b', [question]))).toMatchObject({
        allowed: false,
        lacking: { [key]: [list.example] },
      })
    },
  )

  it('leaves a question of a kind that nobody brought without any answer', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nservices: ["*"]\n')
    for (const kind of ['registry', 'toString', 'services', '']) {
      expect(policy.allows(action('a.b', [{ kind, value: 'x' }]))).toMatchObject({ allowed: false, lines: [] })
    }
  })

  it('says how names are looked up wherever a controller may learn of them, which is never so of paths and processes', () => {
    const disclosed = broughtLists.filter(({ isDisclosed }) => isDisclosed)
    expect(disclosed.filter(({ named }) => named === undefined)).toEqual([])
    const keys = disclosed.map(({ key }) => key)
    expect(keys).toEqual(expect.arrayContaining(['services', 'interfaces']))
    expect(keys.filter((key) => ['processes', 'shares', 'ports'].includes(key))).toEqual([])
  })
})
