import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refuseLastAdministrator } from '../../src/actions/last-administrator.ts'
import type { Taken } from '../../src/host/administrators.ts'
import type { Host } from '../../src/host/host.ts'
import { administrationOf } from '../../src/host/linux/accounts/administration.ts'
import type { Facts } from '../../src/host/linux/accounts/facts.ts'
import { parseSshd } from '../../src/host/linux/accounts/ssh-door.ts'
import { addLine, emptySudoers } from '../../src/host/linux/accounts/sudoers/parse.ts'
import { sudoersLines } from '../../src/host/linux/accounts/sudoers/words.ts'

const names = ['ada', 'bob', 'cyd', 'dan'] as const
const groupNames = ['sudo', 'ops', 'other'] as const
type Name = (typeof names)[number]
type Group = (typeof groupNames)[number]

/** A made-up host, in words that the program under test never sees. */
interface World {
  readonly people: Readonly<
    Record<Name, { shell: boolean; password: boolean; expired: boolean; key: boolean; primary: Group | null }>
  >
  readonly groups: Readonly<Record<Group, readonly Name[]>>
  readonly rules: readonly Rule[]
  readonly ssh: { readonly server: boolean; readonly keys: boolean; readonly onlyGroup: Group | null }
  readonly rootPassword: boolean
}
interface Rule {
  readonly who: Name | Group
  readonly verb: 'all' | 'none' | 'command' | 'as other'
  readonly trusted: boolean
}

const often = fc.constantFrom(true, true, true, false)
const person = fc.record({
  shell: often,
  password: often,
  expired: often.map((open) => !open),
  key: fc.boolean(),
  primary: fc.option(fc.constantFrom(...groupNames)),
})
const world: fc.Arbitrary<World> = fc.record({
  people: fc.record({ ada: person, bob: person, cyd: person, dan: person }),
  groups: fc.record({ sudo: fc.subarray([...names]), ops: fc.subarray([...names]), other: fc.subarray([...names]) }),
  rules: fc.array(
    fc.record({
      who: fc.constantFrom<Name | Group>(...names, ...groupNames),
      verb: fc.constantFrom('all' as const, 'all' as const, 'none' as const, 'command' as const, 'as other' as const),
      trusted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  ssh: fc.record({
    server: fc.boolean(),
    keys: fc.boolean(),
    onlyGroup: fc.option(fc.constantFrom(...groupNames), { freq: 3 }),
  }),
  rootPassword: fc.boolean(),
})
const step: fc.Arbitrary<Taken> = fc.oneof(
  fc.record({ kind: fc.constant('login' as const), account: fc.constantFrom(...names) }),
  fc.record({
    kind: fc.constant('membership' as const),
    account: fc.constantFrom(...names),
    group: fc.constantFrom(...groupNames),
  }),
  fc.record({
    kind: fc.constant('path' as const),
    path: fc.constantFrom(...names).map((name) => `/home/${name}/.ssh`),
  }),
)

/** The oracle: the same question, answered of the made-up host directly, for exactly these failures. */
function rootByHand({ people, groups, rules, ssh }: World, failures: readonly Taken[]): readonly Name[] {
  return names.filter((name) => {
    const { shell, password, expired, key, primary } = people[name]
    const isIn = (group: Group) =>
      primary === group ||
      (groups[group].includes(name) &&
        !failures.some((each) => each.kind === 'membership' && each.account === name && each.group === group))
    if (!shell || expired || failures.some((each) => each.kind === 'login' && each.account === name)) return false
    const isAdmitted = ssh.server && ssh.keys && (ssh.onlyGroup === null || isIn(ssh.onlyGroup))
    const byKey = key && isAdmitted && !failures.some((each) => each.kind === 'path' && each.path.includes(`/${name}/`))
    if (!password && !byKey) return false
    const last = rules
      .filter(
        ({ who, verb }) =>
          (who === name || (groupNames.includes(who as Group) && isIn(who as Group))) &&
          (verb === 'all' || verb === 'none'),
      )
      .at(-1)
    return last?.verb === 'all' && (password || last.trusted)
  })
}

function factsOf({ people, groups, rules, ssh, rootPassword }: World): Facts {
  const ids = { sudo: 27, ops: 30, other: 40 }
  const sudoers = emptySudoers()
  const commands = { all: 'ALL', none: '!ALL', command: '/usr/bin/id', 'as other': 'ALL' }
  const text = rules.map(({ who, verb, trusted }) => {
    const whom = groupNames.includes(who as Group) ? `%${who}` : who
    return `${whom} ALL=(${verb === 'as other' ? 'nobody' : 'ALL'}) ${trusted ? 'NOPASSWD: ' : ''}${commands[verb]}`
  })
  for (const line of sudoersLines(text.join('\n'))) addLine(sudoers, line, 'sudoers')
  const settings = parseSshd(
    `pubkeyauthentication ${ssh.keys ? 'yes' : 'no'}\npasswordauthentication yes\n${ssh.onlyGroup ? `allowgroups ${ssh.onlyGroup}\n` : ''}`,
  )
  const lines = names.map((name, at) => ({
    ...{ name, uid: 1001 + at, home: `/home/${name}`, password: 'x' },
    gid: people[name].primary ? ids[people[name].primary] : 1001 + at,
    shell: people[name].shell ? '/bin/bash' : '/usr/sbin/nologin',
  }))
  const root = { name: 'root', uid: 0, gid: 0, home: '/root', password: 'x', shell: '/bin/bash' }
  const ages = { lastChange: '19000', maxDays: '99999', inactiveDays: '' }
  const hash = '$6$salt$hash'
  return {
    people: [root, ...lines],
    shadow: new Map([
      ['root', { password: rootPassword ? hash : '*', expire: '', ...ages }],
      ...names.map((name) => {
        const { password, expired } = people[name]
        return [name, { password: password ? hash : `!${hash}`, expire: expired ? '1' : '', ...ages }] as const
      }),
    ]),
    groups: groupNames.map((name) => ({ name, gid: ids[name], members: [...groups[name]] })),
    ...{
      sudoers,
      doas: [],
      polkitGroups: [],
      hostNames: ['erp1'],
      wallMs: Date.now(),
      closed: false,
      runs: () => true,
    },
    ssh: ssh.server ? new Map(['root', ...names].map((name) => [name, settings] as const)) : null,
    keys: new Map(
      names.flatMap((name) => {
        const path = `/home/${name}/.ssh/authorized_keys`
        return people[name].key ? [[name, [{ path, place: path }]] as const] : []
      }),
    ),
  }
}

/** What a host with these facts answers. */
function hostOf(facts: Facts): Pick<Host, 'accounts' | 'mounts'> {
  const administration = async (taken: readonly Taken[]) => administrationOf(facts, taken)
  const accounts = { administration, sudoConfirms: async () => true } as unknown as Host['accounts']
  return { accounts, mounts: { list: async () => [] } as unknown as Host['mounts'] }
}

/** Every selection of them: whatever order they are rolled back in, and whichever of them stays. */
function subsetsOf(failures: readonly Taken[]): readonly (readonly Taken[])[] {
  const all: (readonly Taken[])[] = [[]]
  for (const each of failures) all.push(...all.map((some) => [...some, each]))
  return all
}

describe('the last administrator, on any host', () => {
  it('whatever is admitted, in whatever order it is rolled back, somebody can still become root', {
    timeout: 300_000,
  }, async () => {
    let admittedAll = 0
    let refusedSome = 0
    await fc.assert(
      fc.asyncProperty(world, fc.array(step, { minLength: 2, maxLength: 3 }), async (made, steps) => {
        fc.pre(rootByHand(made, []).length > 0)
        const host = hostOf(factsOf(made)) as Host
        const held: Taken[] = []
        for (const each of steps) {
          const admitted = await refuseLastAdministrator({ host, held }, [each]).then(
            () => true,
            () => false,
          )
          if (admitted) held.push(each)
          else refusedSome += 1
          for (const some of subsetsOf(held)) expect(rootByHand(made, some)).not.toEqual([])
        }
        if (held.length === steps.length) admittedAll += 1
      }),
      { numRuns: 1_500 },
    )
    // The rule is neither "always" nor "never".
    expect(admittedAll).toBeGreaterThan(100)
    expect(refusedSome).toBeGreaterThan(100)
  })

  it('refuses only what would leave nobody, or nobody over SSH, where no rule forbids by a group', {
    timeout: 300_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(world, step, async (made, one) => {
        fc.pre(rootByHand(made, []).length > 0 && !made.rules.some(({ verb }) => verb === 'none') && !made.ssh.server)
        const host = hostOf(factsOf(made)) as Host
        const admitted = await refuseLastAdministrator({ host, held: [] }, [one]).then(
          () => true,
          () => false,
        )
        expect(admitted).toBe(rootByHand(made, [one]).length > 0)
      }),
      { numRuns: 600 },
    )
  })
})
