import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { profileNames } from '../../src/policy/index.ts'
import { dangers } from '../../src/policy-file/danger-rules.ts'
import { PolicyFile, starterPolicy } from '../../src/policy-file/index.ts'
import { policyOf } from './support.ts'

const hours = 'hours: [{ zone: UTC, days: [mon, tue], from: "08:00", to: "17:00" }]\n'
const dangersIn = async (lines: string, own = { paths: [] as string[], names: [] as string[] }) =>
  (await policyOf(`policy: 1\n${hours}${lines}\n`, { own })).dangers()

describe('a policy that opens something dangerous', () => {
  it.each([
    ['actions: [host.restart]', /takes the whole host away/],
    ['services: ["*"]', /nearly every service/],
    ['services: ["*.service"]', /nearly every service/],
    ['services: ["s*"]', /nearly every service/],
    ['services: ["ssh*"]', /fits sshd as well/],
    ['services: ["*Manager"]', /fits NetworkManager as well/],
    ['services: [sshd]', /protected on every host: the line allows nothing/],
    ['services: [ssh.service]', /protected on every host/],
    ['services: [chaos-lite-agent.service]', /protected on every host/],
    ['processes: ["*"]', /nearly every process/],
    ['processes: [sshd]', /protected on every host/],
    ['cpuAtMost: 95', /little to everybody else/],
    ['memoryKeepFree: 5', /little to everybody else/],
    ['diskKeepFree: 2', /little to everybody else/],
    ['ioAtMost: 500', /little to everybody else/],
    ['names: ["*"]', /nearly every name/],
    ['names: ["*.com"]', /nearly every name/],
    ['names: [localhost]', /protected on every host/],
    ['addresses: [0.0.0.0/0]', /the whole internet/],
    ['addresses: ["::/0"]', /the whole internet/],
    ['addresses: [10.0.0.0/8]', /a whole network/],
    ['processes: ["*"]', /nearly every process/],
    ['processes: [systemd]', /protected on every host/],
    ['processes: [sshd]', /protected on every host/],
    ['interfaces: ["e*"]', /nearly every interface/],
    ['ports: [all]', /nearly all traffic/],
    ['ports: [1-65535]', /nearly all traffic/],
    ['folders: [/]', /opens all that lies below it/],
    ['folders: [/srv/]', /opens all that lies below it/],
    ['folders: [/home]', /opens all that lies below it/],
    ['folders: [/etc/ssh]', /protected on every host/],
    ['files: [/etc/shadow]', /protected on every host/],
    ['accounts: [root]', /protected on every host/],
    ['groups: [sudo]', /right to administer this host/],
    ['groups: [docker]', /right to administer this host/],
    ['probeHosts: ["*"]', /any machine/],
    ['probeHosts: [0.0.0.0/0]', /a cloud hands out keys/],
    ['probeHosts: [169.254.0.0/16]', /a cloud hands out keys/],
    ['probeHosts: [10.0.0.0/9]', /a whole network/],
    ['probePaths: [/]', /digest of every file/],
    ['probePaths: [/etc]', /digest of every file/],
    ['holdAtMost: 24h', /lets one failure stay that long/],
  ])('is reported with the line: %s', async (line, words) => {
    const found = await dangersIn(line)
    expect(found).toEqual([{ line: 3, text: expect.stringMatching(words), remedy: expect.any(String) }])
    expect(found[0]?.text).toMatch(/^[^\p{Cc}]{1,400}$/u)
  })

  it('is reported for each entry, in the order of the file', async () => {
    const found = await dangersIn('groups:\n  - finance\n  - sudo\nservices:\n  - nginx\n  - "*"\nholdAtMost: 12h')
    expect(found.map(({ line }) => line)).toEqual([5, 8, 9])
  })

  it('is reported where the agent or its controller would be hit', async () => {
    const own = { paths: ['/srv/agent/journal'], names: ['controller.example.test'] }
    expect(await dangersIn('folders: [/srv/agent]', own)).toHaveLength(1)
    expect(await dangersIn('names: [controller.example.test]', own)).toHaveLength(1)
  })

  it.each([
    ['actions: [service.stop]', 'no hours'],
    ['actions: [service.stop]\nhours: [{ zone: UTC, from: "00:00", to: "24:00" }]', 'all hours'],
    ['actions: [service.stop]\nhours: [{ zone: UTC, from: "08:00", to: "07:30" }]', 'nearly all hours'],
    [
      'actions: [service.stop]\nhours: [{ zone: UTC, days: [mon, tue, wed, thu, fri, sat, sun], from: "06:00", to: "06:00" }]',
      'all hours of all days',
    ],
  ])('is reported where failures may begin at any time: %s (%s)', async (lines) => {
    const found = (await policyOf(`policy: 1\n${lines}\n`)).dangers()
    expect(found).toEqual([expect.objectContaining({ remedy: expect.stringContaining('hours') })])
  })
})

/** Each entry names one thing that the owner defined or mounted: none can be too wide. */
const neverTooWide = ['exercises', 'repositories', 'credentials', 'shares']

describe('every list of the policy', () => {
  it('is looked at for what opens too much, or is known to name single things only', () => {
    const empty = PolicyFile.parse({ policy: 1 })
    const all = Object.entries(empty).flatMap(([key, value]) => (Array.isArray(value) ? [key] : []))
    expect(all.filter((key) => !(key in dangers.lists) && !neverTooWide.includes(key))).toEqual([])
  })
})

describe('a policy that names what a drill needs', () => {
  it.each([
    'services: [nginx.service, "postgresql@*", "app-*"]',
    'names: [erp.example.test, "*.example.test"]',
    'addresses: [192.0.2.0/24, 192.0.2.7, "2001:db8::/48"]',
    'ports: [443, 8000-8100]',
    'processes: [erp-server, "java*"]',
    'interfaces: [eth1, "wwan*"]',
    'shares: [/srv/exchange]',
    'folders: [/srv/share, /home/anna/plans]',
    'files: [/srv/share/plan.txt]',
    'accounts: [anna]',
    'groups: [finance]',
    'probeHosts: ["*.example.test", 192.0.2.0/24, erp]',
    'probePaths: [/var/backups, /srv/share]',
    'holdAtMost: 4h',
    'hours: []',
  ])('gets no warning: %s', async (line) => {
    const text = line.startsWith('hours') ? `policy: 1\n${line}\n` : `policy: 1\n${hours}${line}\n`
    expect((await policyOf(text)).dangers()).toEqual([])
  })

  it.each(profileNames)('is what the profile %s makes, but for the hours', async (profile) => {
    const found = (await policyOf(starterPolicy({ profile }))).dangers()
    expect(found.filter(({ text }) => !text.startsWith('without hours'))).toEqual([])
  })

  it('never throws, whatever the entries are', async () => {
    const word = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom('*', '/', '::/0', '1-2', 'all', 'a.*'))
    const keys = ['services', 'names', 'folders', 'files', 'groups', 'probeHosts', 'probePaths', 'addresses']
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...keys), fc.array(word, { maxLength: 4 }), async (key, words) => {
        expect(Array.isArray((await policyOf(JSON.stringify({ policy: 1, [key]: words }))).dangers())).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})
