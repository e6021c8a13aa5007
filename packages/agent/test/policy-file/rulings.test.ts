import { execFileSync } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { PolicyQuestion } from '../../src/policy/question.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { action, policyOf, probe } from './support.ts'

type Row = [note: string, lines: string, question: PolicyQuestion, allowed: boolean]

const rows: Row[] = [
  ['a service by its name', 'services: [nginx]', { kind: 'service', value: 'nginx' }, true],
  ['a service with and without its ending', 'services: [nginx]', { kind: 'service', value: 'nginx.service' }, true],
  ['its socket is another unit', 'services: [cups]', { kind: 'service', value: 'cups.socket' }, false],
  [
    'a service by a pattern',
    'services: ["postgresql@*"]',
    { kind: 'service', value: 'postgresql@15-main.service' },
    true,
  ],
  ['a pattern is no prefix by itself', 'services: [nginx]', { kind: 'service', value: 'nginx-debug' }, false],
  ['a dot in an entry is a dot', 'services: [a.b]', { kind: 'service', value: 'axb' }, false],
  [
    'a name without case and closing dot',
    'names: [ERP.example.test]',
    { kind: 'name', value: 'erp.EXAMPLE.test.' },
    true,
  ],
  ['a name by a pattern', 'names: ["*.example.test"]', { kind: 'name', value: 'erp.example.test' }, true],
  ['the domain is not below itself', 'names: ["*.example.test"]', { kind: 'name', value: 'example.test' }, false],
  ['a name that only ends alike', 'names: ["*.example.test"]', { kind: 'name', value: 'evil-example.test' }, false],
  ['a process', 'processes: [nginx]', { kind: 'process', value: 'nginx' }, true],
  ['a process by a pattern', 'processes: ["php-*"]', { kind: 'process', value: 'php-fpm8.2' }, true],
  ['a service is no process', 'services: [nginx]', { kind: 'process', value: 'nginx' }, false],
  ['a protected process never', 'processes: ["*"]', { kind: 'process', value: 'sshd' }, false],
  ['an address', 'addresses: [192.0.2.7]', { kind: 'address', value: '192.0.2.7' }, true],
  ['another address', 'addresses: [192.0.2.7]', { kind: 'address', value: '192.0.2.70' }, false],
  ['an address in a range', 'addresses: [192.0.2.0/24]', { kind: 'address', value: '192.0.2.255' }, true],
  ['an address beside a range', 'addresses: [192.0.2.0/25]', { kind: 'address', value: '192.0.2.128' }, false],
  [
    'an IPv6 address in a range, spelt differently',
    'addresses: ["2001:db8::/32"]',
    { kind: 'address', value: '2001:0DB8:0::1' },
    true,
  ],
  [
    'an IPv4 address dressed as IPv6',
    'addresses: [192.0.2.0/24]',
    { kind: 'address', value: '::ffff:192.0.2.1' },
    true,
  ],
  ['no IPv4 address in an IPv6 range', 'addresses: ["::/0"]', { kind: 'address', value: '192.0.2.1' }, false],
  ['an address with a zone', 'addresses: ["fe80::/10"]', { kind: 'address', value: 'fe80::1%eth0' }, true],
  ['a range in a range', 'addresses: [10.0.0.0/8]', { kind: 'address', value: '10.1.0.0/16' }, true],
  ['a range that is larger', 'addresses: [10.0.0.0/16]', { kind: 'address', value: '10.0.0.0/8' }, false],
  ['a range beside a range', 'addresses: [10.0.0.0/16]', { kind: 'address', value: '10.1.0.0/16' }, false],
  ['everything, where everything is named', 'addresses: [0.0.0.0/0]', { kind: 'address', value: '0.0.0.0/0' }, true],
  ['a range is no name', 'names: ["*"]', { kind: 'address', value: '10.0.0.0/8' }, false],
  ['a port', 'ports: [443]', { kind: 'port', value: '443' }, true],
  ['another port', 'ports: [443]', { kind: 'port', value: '4430' }, false],
  ['a port in a range', 'ports: [8000-8100]', { kind: 'port', value: '8100' }, true],
  ['a port beside a range', 'ports: [8000-8100]', { kind: 'port', value: '8101' }, false],
  ['all traffic is more than any range of ports', 'ports: [1-65535]', { kind: 'port', value: 'all' }, false],
  ['all traffic', 'ports: [all]', { kind: 'port', value: 'all' }, true],
  ['a port, where all traffic is named', 'ports: [all]', { kind: 'port', value: '25' }, true],
  ['an interface', 'interfaces: [eth1]', { kind: 'interface', value: 'eth1' }, true],
  ['an interface that only begins alike', 'interfaces: [eth1]', { kind: 'interface', value: 'eth10' }, false],
  ['an interface by a pattern', 'interfaces: ["lan*"]', { kind: 'interface', value: 'lan7' }, true],
  ['a share', 'shares: [/mnt/plans]', { kind: 'share', value: '/mnt/plans' }, true],
  ['a share below it is another one', 'shares: [/mnt]', { kind: 'share', value: '/mnt/plans' }, false],
  ['an account', 'accounts: [jdoe]', { kind: 'account', value: 'jdoe' }, true],
  ['an account is no pattern', 'accounts: [jdoe]', { kind: 'account', value: 'jdoe2' }, false],
  ['a group', 'groups: [finance]', { kind: 'group', value: 'finance' }, true],
  ['an account is not a group', 'accounts: [finance]', { kind: 'group', value: 'finance' }, false],
  ['a repository', 'repositories: [nightly]', { kind: 'repository', value: 'nightly' }, true],
  ['a credential', 'credentials: [probe]', { kind: 'credential', value: 'other' }, false],
  [
    'machines for probes are none for failures',
    'probeHosts: [192.0.2.7]',
    { kind: 'address', value: '192.0.2.7' },
    false,
  ],
]

describe('what a policy covers', () => {
  it.each(rows)('%s', async (_note, lines, question, allowed) => {
    const policy = await policyOf(`policy: 1\nactions: [a.b]\n${lines}\n`)
    expect(policy.warnings).toEqual([])
    expect(policy.allows(action('a.b', [question])).allowed).toBe(allowed)
  })

  it('is nothing for an action that is not named, whatever else is', async () => {
    const policy = await policyOf('policy: 1\nactions: [service.stop]\nservices: ["*"]\n')
    expect(policy.allows(action('process.stop', [{ kind: 'service', value: 'x' }])).allowed).toBe(false)
  })

  it('needs every question answered', async () => {
    const policy = await policyOf('policy: 1\nactions: [membership.revoke]\naccounts: [jdoe]\n')
    const questions = [
      { kind: 'account', value: 'jdoe' },
      { kind: 'group', value: 'finance' },
    ] as const
    const ruling = policy.allows(action('membership.revoke', questions))
    expect(ruling).toMatchObject({
      allowed: false,
      rule: 'chaos-lite-agent policy allow groups=finance',
      lines: ['groups:', '  - finance'],
    })
  })

  it('names the lines that decided', async () => {
    const policy = await policyOf('policy: 1\nactions:\n  - service.stop\nservices:\n  - nginx\n  - cups\n')
    const ruling = policy.allows(action('service.stop', [{ kind: 'service', value: 'cups' }]))
    expect(ruling).toMatchObject({ allowed: true, rule: 'actions: [service.stop] (line 3); services: [cups] (line 6)' })
  })

  it('says exactly what would allow it, for several keys at once', async () => {
    const policy = await policyOf('policy: 1\n')
    const ruling = policy.allows(action('service.stop', [{ kind: 'service', value: 'nginx' }]))
    expect(ruling.rule).toBe('chaos-lite-agent policy allow actions=service.stop services=nginx')
    expect(parse((ruling.lines ?? []).join('\n'))).toEqual({ actions: ['service.stop'], services: ['nginx'] })
    expect(ruling.reason).toContain('has not allowed the action service.stop, the service nginx')
  })
})

describe('folders and files', () => {
  async function share() {
    const base = await temporaryFolder()
    await mkdir(join(base, 'share', 'inner'), { recursive: true })
    await mkdir(join(base, 'share2'))
    await writeFile(join(base, 'one.conf'), '')
    const policy = await policyOf(`policy: 1\nactions: [a.b]\nfolders: [${base}/share]\nfiles: [${base}/one.conf]\n`)
    const asks = (kind: 'file' | 'folder', path: string) =>
      policy.allows(action('a.b', [{ kind, value: path }])).allowed
    return { base, asks, policy }
  }

  it('cover what lies below, by whole segments', async () => {
    const { base, asks } = await share()
    expect(asks('folder', `${base}/share`)).toBe(true)
    expect(asks('folder', `${base}/share/`)).toBe(true)
    expect(asks('folder', `${base}/share/inner/deeper`)).toBe(true)
    expect(asks('file', `${base}/share/inner/a.txt`)).toBe(true)
    expect(asks('folder', `${base}/share2`)).toBe(false)
    expect(asks('folder', base)).toBe(false)
  })

  it('are not left by climbing', async () => {
    const { base, asks } = await share()
    expect(asks('folder', `${base}/share/../share2`)).toBe(false)
    expect(asks('folder', `${base}/share2/../share`)).toBe(true)
  })

  it('are not left through a link, not even one that does not lead anywhere yet', async () => {
    const { base, asks } = await share()
    await symlink('/etc', join(base, 'share', 'out'))
    await symlink(join(base, 'share2'), join(base, 'share', 'sideways'))
    await symlink('/nowhere/yet', join(base, 'share', 'dangling'))
    expect(asks('file', `${base}/share/out/shadow`)).toBe(false)
    expect(asks('folder', `${base}/share/dangling`)).toBe(false)
    expect(asks('folder', `${base}/share/dangling/below`)).toBe(false)
    expect(asks('folder', `${base}/share/sideways`)).toBe(false)
    expect(asks('folder', `${base}/share/sideways/new`)).toBe(false)
  })

  it('may themselves be named through a link', async () => {
    const base = await temporaryFolder()
    await mkdir(join(base, 'real'))
    await symlink(join(base, 'real'), join(base, 'alias'))
    const policy = await policyOf(`policy: 1\nactions: [a.b]\nfolders: [${base}/alias]\n`)
    expect(policy.allows(action('a.b', [{ kind: 'folder', value: `${base}/real/x` }])).allowed).toBe(true)
  })

  it('cover a single file and nothing beside it', async () => {
    const { base, asks } = await share()
    expect(asks('file', `${base}/one.conf`)).toBe(true)
    expect(asks('file', `${base}/one.conf/x`)).toBe(false)
    expect(asks('folder', `${base}/one.conf`)).toBe(false)
  })

  it.each(['relative/path', '', 'a\0b', '/a\0b'])('refuse %j, and name no line for it', async (value) => {
    const { policy } = await share()
    const ruling = policy.allows(action('a.b', [{ kind: 'folder', value }]))
    expect(ruling).toMatchObject({ allowed: false, lines: [] })
  })
})

describe('built-in protections', () => {
  const everything = [
    'policy: 1',
    'actions: [a.b]',
    'services: ["*"]',
    'names: ["*"]',
    'folders: [/]',
    'files: [/]',
  ].join('\n')

  it.each([
    ['service', 'ssh'],
    ['service', 'sshd.service'],
    ['service', 'chaos-lite-agent'],
    ['service', 'apparmor'],
    ['folder', '/'],
    ['folder', '/etc'],
    ['folder', '/boot/grub'],
    ['folder', '/proc/1'],
    ['folder', '/var/lib/dpkg/info'],
    ['file', '/etc/shadow'],
    ['file', '/etc/../etc/ssh/sshd_config'],
    ['name', 'localhost'],
  ] as const)('outrank every line for the %s %s', async (kind, value) => {
    const policy = await policyOf(everything)
    expect(policy.warnings).toEqual([])
    const ruling = policy.allows(action('a.b', [{ kind, value }]))
    expect(ruling).toMatchObject({ allowed: false, rule: expect.stringMatching(/^built-in: /), lines: [] })
  })

  it('cover the agent and its controller', async () => {
    const own = { paths: ['/srv/agent'], names: ['controller.example.test'] }
    const policy = await policyOf(everything, { own })
    expect(policy.allows(action('a.b', [{ kind: 'folder', value: '/srv/agent/journal' }])).allowed).toBe(false)
    expect(policy.allows(action('a.b', [{ kind: 'name', value: 'Controller.example.test' }])).allowed).toBe(false)
    expect(policy.allows(action('a.b', [{ kind: 'name', value: 'other.example.test' }])).allowed).toBe(true)
  })

  it('do not keep a probe from looking', async () => {
    const policy = await policyOf('policy: 1\nprobePaths: [/etc/ssh]\n')
    expect(policy.allows(probe('file', [{ kind: 'file', value: '/etc/ssh/sshd_config' }])).allowed).toBe(true)
  })
})

describe('probes', () => {
  it('need no line when they are harmless and ask nothing', async () => {
    const policy = await policyOf('policy: 1\n')
    expect(policy.allows(probe('service', [], true))).toMatchObject({
      allowed: true,
      rule: 'built in: harmless probes',
    })
  })

  it('that are not harmless and ask nothing can be allowed by no line', async () => {
    const policy = await policyOf('policy: 1\nprobeHosts: ["*"]\n')
    expect(policy.allows(probe('mystery'))).toMatchObject({ allowed: false, lines: [] })
  })

  it('that are harmless still ask for the machine they would contact', async () => {
    const policy = await policyOf('policy: 1\nprobeHosts: [ns1.example.test]\n')
    expect(policy.allows(probe('dns', [{ kind: 'name', value: 'ns1.example.test' }], true)).allowed).toBe(true)
    expect(policy.allows(probe('dns', [{ kind: 'name', value: 'ns2.example.test' }], true))).toMatchObject({
      allowed: false,
      rule: 'chaos-lite-agent policy allow probeHosts=ns2.example.test',
    })
  })

  it.each([
    ['https://erp.example.test/health?x=1', true],
    ['https://ERP.example.test:8443/', true],
    ['http://192.0.2.9/', true],
    ['http://[2001:db8::1]/', true],
    ['http://192.0.3.9/', false],
    ['https://erp.example.test.evil.test/', false],
    ['https://erp.example.test@evil.test/', false],
    ['no address', false],
  ])('may contact %s: %s', async (value, allowed) => {
    const policy = await policyOf('policy: 1\nprobeHosts: ["*.example.test", 192.0.2.0/24, "2001:db8::/32"]\n')
    expect(policy.allows(probe('http', [{ kind: 'url', value }])).allowed).toBe(allowed)
  })

  it('may look at what may be failed, and at what is named for probes only', async () => {
    const policy = await policyOf('policy: 1\nfolders: [/srv/share]\nfiles: [/etc/one]\nprobePaths: [/var/backups]\n')
    for (const value of ['/srv/share/a', '/etc/one', '/var/backups/x']) {
      expect(policy.allows(probe('file', [{ kind: 'file', value }])).allowed).toBe(true)
    }
    expect(policy.allows(probe('file', [{ kind: 'file', value: '/etc/passwd' }]))).toMatchObject({
      rule: 'chaos-lite-agent policy allow probePaths=/etc/passwd',
    })
  })
})

describe('ceilings', () => {
  it('allow what is no longer than they say', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nholdAtMost: 15m\n')
    expect(policy.allows(action('a.b', [], { holdMs: 900_000 })).allowed).toBe(true)
    expect(policy.allows(action('a.b', [], { holdMs: 900_001 }))).toMatchObject({
      allowed: false,
      rule: 'chaos-lite-agent policy allow holdAtMost=900001ms',
    })
  })

  it('are an hour where none is written', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    expect(policy.allows(action('a.b', [], { holdMs: 3_600_000 })).allowed).toBe(true)
    expect(policy.allows(action('a.b', [], { holdMs: 7_200_000 })).rule).toBe(
      'chaos-lite-agent policy allow holdAtMost=2h',
    )
  })
})

describe('a question made to be pasted', () => {
  it.each([
    { kind: 'service', value: '*' },
    { kind: 'name', value: '*.test' },
    { kind: 'folder', value: '/srv/*' },
    { kind: 'url', value: 'http://*/' },
  ] as const)('never becomes a line that allows more: %j', async (question) => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    expect(policy.allows(action('a.b', [question]))).toMatchObject({ allowed: false, lines: [] })
  })

  it('cannot smuggle another key or command into the line, nor hide anything in it', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    for (const value of ['a # b', '- x', 'null', '1', 'true', "it's", 'a; reboot', '$(reboot)', '`reboot`', 'a\\b c']) {
      const { rule, lines } = policy.allows(action('a.b', [{ kind: 'folder', value: `/srv/${value}` }]))
      expect(wordsOf(rule)).toEqual(['chaos-lite-agent', 'policy', 'allow', `folders=/srv/${value}`])
      expect(parse((lines ?? []).join('\n'))).toEqual({ folders: [`/srv/${value}`] })
    }
  })

  it('that could not stand in a policy, or that a person could not see, is never offered', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    const ask = (kind: 'group' | 'folder', value: string) => policy.allows(action('a.b', [{ kind, value }]))
    for (const value of ['x], actions: [host.restart', 'x\nactions: [host.restart]', 'x: y', '&a', '\u202egnp']) {
      expect(ask('group', value)).toMatchObject({
        allowed: false,
        lines: [],
        rule: expect.not.stringContaining('allow'),
      })
    }
    for (const value of ['/srv/a\nb', '/srv/\u202egnp', '/srv/\u200b']) {
      expect(ask('folder', value)).toMatchObject({ allowed: false, lines: [] })
      expect(ask('folder', value).rule).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u)
    }
  })
})

/** What a shell makes of a command. */
function wordsOf(command: string): string[] {
  const seen = execFileSync('sh', ['-c', `set -f; printf '%s\\0' ${command}`])
  return seen.toString('utf8').split('\0').slice(0, -1)
}

describe('what failures of a controller add up to', () => {
  const asked = (lately: { heldMs?: number; restedMs?: number | null }, holdMs = 60_000) =>
    action('a.b', [], { holdMs, lately: { heldMs: 0, restedMs: null, ...lately } })
  const HOUR_MS = 3_600_000

  it('is bounded by a day of 4 hours by default', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    expect(policy.allows(asked({ heldMs: 4 * HOUR_MS - 60_000 })).allowed).toBe(true)
    const refusal = policy.allows(asked({ heldMs: 4 * HOUR_MS - 59_000 }))
    expect(refusal).toMatchObject({ allowed: false, rule: 'heldAtMostPerDay: 4h' })
    expect(refusal.reason).toMatch(/for 4h within 24 hours; 4 h of it is used up, and this one may take 1m/)
  })

  it('is bounded by what the owner says', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nheldAtMostPerDay: 10m\n')
    expect(policy.allows(asked({ heldMs: 540_000 })).allowed).toBe(true)
    expect(policy.allows(asked({ heldMs: 541_000 })).rule).toBe('heldAtMostPerDay: 10m')
  })

  it('leaves room for the longest single failure that the owner allows', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nholdAtMost: 8h\n')
    expect(policy.allows(asked({}, 8 * HOUR_MS)).allowed).toBe(true)
    expect(policy.allows(asked({ heldMs: 60_000 }, 8 * HOUR_MS)).rule).toBe('heldAtMostPerDay: 8h')
  })

  it('has rests in between where the owner wants them', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nrestBetween: 1m\n')
    expect(policy.allows(asked({ restedMs: null })).allowed).toBe(true)
    expect(policy.allows(asked({ restedMs: 60_000 })).allowed).toBe(true)
    const refusal = policy.allows(asked({ restedMs: 17_200 }))
    expect(refusal).toMatchObject({ allowed: false, rule: 'restBetween: 1m' })
    expect(refusal.reason).toMatch(/after each run, now until \d{4}-\d\d-\d\d [\d:]{8} UTC$/)
  })

  it('has none by default', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\n')
    expect(policy.allows(asked({ restedMs: 0 })).allowed).toBe(true)
  })

  it('is not asked about plans, rehearsals and probes', async () => {
    const policy = await policyOf('policy: 1\nactions: [a.b]\nheldAtMostPerDay: 1m\nrestBetween: 1h\n')
    expect(policy.allows(action('a.b')).allowed).toBe(true)
    expect(policy.allows(probe('clock', [], true)).allowed).toBe(true)
  })
})
