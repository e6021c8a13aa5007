import { describe, expect, it } from 'vitest'
import { exercises, findAction } from '../../src/menu.ts'
import { profileNames } from '../../src/policy/index.ts'
import { additionOf } from '../../src/policy-file/allow/index.ts'
import { entriesIn, isOfProfile, profileCommand, profileNamed, starterPolicy } from '../../src/policy-file/index.ts'
import { action, policyOf, probe } from './support.ts'

describe('the starter policy', () => {
  it.each(profileNames)('of the profile %s is a policy without mistakes that can be explained', async (profile) => {
    const text = starterPolicy({ profile })
    const policy = await policyOf(text)
    expect(policy.warnings).toEqual([])
    for (const key of ['actions', 'services', 'probeHosts', 'hours', 'holdAtMost', 'heldAtMostPerDay', 'restBetween'])
      expect(text).toContain(`${key}:`)
  })

  it.each(profileNames)('of the profile %s can be added to a policy that is there, by a command', (profile) => {
    const command = profileCommand(profile)
    if (profile === 'none') return expect(command).toBeNull()
    expect(command).toMatch(/^chaos-lite-agent policy allow .*--allow-missing$/)
    const entries = (command ?? '').split(' ').slice(3, -1)
    for (const entry of entries) expect(() => additionOf(entry.replaceAll("'", ''))).not.toThrow()
  })

  it('is known by its entries', () => {
    expect(isOfProfile('services', 'httpd.service')).toBe(true)
    expect(isOfProfile('services', 'htpd.service')).toBe(false)
    expect(isOfProfile('folders', 'httpd.service')).toBe(false)
  })

  it('allows nothing at all for the profile none', async () => {
    const policy = await policyOf(starterPolicy({ profile: 'none' }))
    expect(Object.values(policy.file).filter((value) => Array.isArray(value) && value.length > 0)).toEqual([])
  })

  it('allows what its profile is for, and no more', async () => {
    const policy = await policyOf(starterPolicy({ profile: 'web-server' }))
    expect(policy.allows(action('service.stop', [{ kind: 'service', value: 'nginx' }])).allowed).toBe(true)
    expect(policy.allows(action('service.stop', [{ kind: 'service', value: 'postgresql' }])).allowed).toBe(false)
    expect(policy.allows(action('data.quarantine', [{ kind: 'folder', value: '/srv' }])).allowed).toBe(false)
  })

  it('adds the answers of the installer', async () => {
    const lists = { names: ['erp.example.test'], addresses: ['192.0.2.0/24'], probeHosts: ['*.example.test'] }
    const text = starterPolicy({ profile: 'workstation', lists, holdAtMost: '5m', hostname: 'ws-01' })
    const policy = await policyOf(text)
    expect(text).toContain('on ws-01')
    const questions = [
      { kind: 'name', value: 'erp.example.test' },
      { kind: 'address', value: '192.0.2.5' },
    ] as const
    expect(policy.allows(action('hosts.override', questions)).allowed).toBe(true)
    expect(policy.allows(action('hosts.override', questions, { holdMs: 301_000 })).allowed).toBe(false)
    expect(policy.allows(probe('http', [{ kind: 'url', value: 'https://erp.example.test/' }])).allowed).toBe(true)
  })

  it('refuses answers that could not stand in a policy', () => {
    expect(() => starterPolicy({ profile: 'none', lists: { sevices: ['x'] } })).toThrow(/no list sevices/)
    expect(() => starterPolicy({ profile: 'none', lists: { addresses: ['everywhere'] } })).toThrow(/addresses/)
    expect(() => starterPolicy({ profile: 'none', holdAtMost: 'long' })).toThrow(/holdAtMost/)
    expect(() => starterPolicy({ profile: 'none', lists: { services: ['x\nactions: [a.b]'] } })).toThrow()
  })

  it('knows the profiles by name, and the nearest one to a slip', () => {
    expect(profileNamed('print-server')).toBe('print-server')
    expect(() => profileNamed('web-sever')).toThrow(/did you mean web-server\?/)
  })
})

describe('the profiles', () => {
  it.each(profileNames)('name only what this agent knows and nothing that is protected: %s', async (profile) => {
    const policy = await policyOf(starterPolicy({ profile }))
    for (const name of policy.file.actions) expect(findAction(name), name).toBeDefined()
    expect(exercises.map(({ name }) => name)).toEqual(expect.arrayContaining([...policy.file.exercises]))
    for (const service of entriesIn(policy.file, 'services')) {
      const ask = action('service.stop', [{ kind: 'service', value: service.replace('*', '1') }])
      expect(policy.allows(ask), service).toMatchObject({ allowed: true })
    }
  })

  it.each(profileNames)('name no place, account or machine, which only the owner knows: %s', async (profile) => {
    const { file } = await policyOf(starterPolicy({ profile }))
    for (const key of ['names', 'addresses', 'folders', 'files', 'accounts', 'groups', 'probeHosts', 'probePaths']) {
      expect(file[key as keyof typeof file], key).toEqual([])
    }
  })
})
