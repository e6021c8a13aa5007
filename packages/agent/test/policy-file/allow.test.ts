import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { portsList } from '../../src/actions/network/ports-list.ts'
import { linuxFiles } from '../../src/host/linux/files/index.ts'
import { kernelLocker } from '../../src/lock/lock.ts'
import { allowCommand } from '../../src/policy/allow-command.ts'
import { allowKeys, keysByHand } from '../../src/policy/allow-keys.ts'
import { profileNames } from '../../src/policy/index.ts'
import { type AllowOptions, additionOf, allowInPolicy } from '../../src/policy-file/allow/index.ts'
import { entriesIn, loadPolicy, PolicyFile, starterPolicy } from '../../src/policy-file/index.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'
import { action } from './support.ts'

const servicesOf = (path: string) => entriesIn(loadPolicy(path).file, 'services')

/** A policy file of its own; null: there is none. */
async function place(text: string | null) {
  const folder = await temporaryFolder()
  const path = join(folder, 'policy.yaml')
  if (text !== null) writeFileSync(path, text, { mode: 0o644 })
  let nowMs = Date.UTC(2026, 10, 30, 4)
  const allow = (entries: readonly string[], more: Partial<AllowOptions> = {}) =>
    allowInPolicy({
      ...{ path, files: linuxFiles, locker: kernelLocker(join(folder, 'lock')) },
      ...{ additions: entries.map(additionOf), dryRun: false, hostname: 'erp-01', nowMs: nowMs++, ...more },
    })
  return { folder, path, allow, text: () => readFileSync(path, 'utf8'), names: () => readdirSync(folder).sort() }
}

/** Every line of the old text stands in the new one, in the same order. */
function isKept(before: string, after: string): boolean {
  const lines = after.split('\n')
  let at = 0
  for (const line of before.split('\n')) {
    at = lines.indexOf(line, at) + 1
    if (at === 0) return false
  }
  return true
}

const commented = `# of the night shift
policy: 1   # do not touch

actions:    # what may fail
  - service.stop   # agreed with Anna

  # databases are left alone
services: [nginx, "redis-*"]  # web only
holdAtMost: 15m # long enough
`

describe('allowing more', () => {
  it('twice leaves a file that is valid, and the second time says that it is allowed already', async () => {
    const { path, allow, text } = await place(commented)
    expect(await allow(['services=haproxy', 'names=erp.example.test'])).toMatchObject({ outcome: 'changed' })
    const after = text()
    const again = await allow(['services=haproxy', 'names=erp.example.test'])
    expect(again).toMatchObject({ outcome: 'already allowed', added: [], kept: null })
    expect(text()).toBe(after)
    const policy = loadPolicy(path)
    expect(policy.broken).toBeNull()
    expect(policy.file).toMatchObject({ services: ['nginx', 'redis-*', 'haproxy'], names: ['erp.example.test'] })
    expect(policy.allows(action('service.stop', [{ kind: 'service', value: 'haproxy' }])).allowed).toBe(true)
  })

  it('keeps comments, blank lines, quotes and order, and shows what changes', async () => {
    const { allow, text } = await place(commented)
    const { preview } = await allow(['actions=process.stop', 'services=haproxy', 'holdAtMost=30m', 'ports=443'])
    expect(text()).toBe(`# of the night shift
policy: 1   # do not touch

actions:    # what may fail
  - service.stop   # agreed with Anna
  - process.stop

  # databases are left alone
services: [nginx, "redis-*", haproxy]  # web only
holdAtMost: 30m # long enough

# ${portsList.meaning}
ports:
  - 443
`)
    expect(preview).toContain('+   - process.stop')
    expect(preview).toContain('- holdAtMost: 15m # long enough')
    expect(preview).toContain('+ holdAtMost: 30m # long enough')
  })

  it.each([
    ['indented otherwise', 'policy: 1\nservices:\n- a\n- b # last\n', 'services:\n- a\n- b # last\n- x\n'],
    ['a flow list over lines', 'policy: 1\nservices: [\n  a, # one\n  b # two\n]\n', '  b, x # two\n]\n'],
    ['an empty list', 'policy: 1\nservices: []\n', 'services: [x]\n'],
    ['a comma at the end', 'policy: 1\nservices: [a,]\n', 'services: [a, x,]\n'],
    ['no line end', 'policy: 1\nservices:\n  - a', 'services:\n  - a\n  - x\n'],
    [
      'one flow map',
      '{ policy: 1, actions: [service.stop] }\n',
      '{ policy: 1, actions: [service.stop], services: [x] }\n',
    ],
    ['the mark of its end', 'policy: 1\n...\n', 'services:\n  - x\n...\n'],
    ['the line ends of Windows', 'policy: 1\r\nservices:\r\n  - a\r\n', '  - a\r\n  - x\r\n'],
  ])('works on a file with %s', async (_note, before, part) => {
    const { path, allow, text } = await place(before)
    await allow(['services=x'])
    expect(text()).toContain(part)
    expect(loadPolicy(path)).toMatchObject({ broken: null })
    expect(servicesOf(path)).toContain('x')
  })

  it('writes an entry below the comment that the starter has for its key', async () => {
    const { allow, text } = await place(starterPolicy({ profile: 'web-server' }))
    await allow(['accounts=anna', 'cpuAtMost=80'])
    expect(text()).toContain('# accounts:\n#   - jdoe\naccounts:\n  - anna\n')
    expect(text()).toContain('# cpuAtMost: 50\ncpuAtMost: 80\n')
  })

  it('keeps every line of any starter, whatever is added, and allows just that', async () => {
    const entry = fc.constantFrom(
      ...['services=x-y', 'services=nginx', 'names=erp.example.test', 'addresses=192.0.2.0/24', 'ports=8000-8100'],
      ...['folders=/srv/with space', "files=/srv/it's", 'accounts=anna', 'groups=finance', 'probeHosts=*.example.test'],
      ...['probeHosts=2001:db8::/32', 'actions=service.stop', 'exercises=backup.restore', 'processes=erp server'],
    )
    const start = fc.constantFrom(
      ...profileNames.map((profile) => starterPolicy({ profile })),
      commented,
      'policy: 1\n',
    )
    await fc.assert(
      fc.asyncProperty(start, fc.array(entry, { minLength: 1, maxLength: 5 }), async (before, entries) => {
        const { path, allow, text } = await place(before)
        const old = loadPolicy(path).file
        await allow(entries)
        const policy = loadPolicy(path)
        expect(policy.broken).toBeNull()
        for (const [key, value] of Object.entries(old)) {
          const now = policy.file[key as keyof PolicyFile]
          if (Array.isArray(value)) expect(now).toEqual(expect.arrayContaining([...value] as unknown[]))
          else expect(now).toEqual(value)
        }
        if (before !== commented) expect(isKept(before, text())).toBe(true)
        expect(await allow(entries)).toMatchObject({ outcome: 'already allowed' })
      }),
      { numRuns: 60 },
    )
  })

  it('raises a limit, and never lowers one', async () => {
    const { path, allow } = await place('policy: 1\ncpuAtMost: 70\ndiskKeepFree: 5\nholdAtMost: 1h\nrestBetween: 1m\n')
    expect(await allow(['cpuAtMost=60', 'diskKeepFree=10', 'holdAtMost=30m', 'restBetween=5m'])).toMatchObject({
      outcome: 'already allowed',
    })
    await allow(['cpuAtMost=80', 'diskKeepFree=3', 'holdAtMost=90m', 'restBetween=30s', 'heldAtMostPerDay=8h'])
    expect(loadPolicy(path).file).toMatchObject({
      ...{ cpuAtMost: 80, diskKeepFree: 3, holdAtMost: '90m', restBetween: '30s', heldAtMostPerDay: '8h' },
    })
  })

  it('takes what a pattern, a range or a folder covers for allowed', async () => {
    const { allow } = await place(
      'policy: 1\nservices: ["redis-*", nginx.service]\naddresses: [192.0.2.0/24]\nfolders: [/srv]\nports: [8000-8100]\n',
    )
    const entries = ['services=redis-7', 'services=nginx', 'addresses=192.0.2.7', 'folders=/srv/share', 'ports=8080']
    expect(await allow(entries)).toMatchObject({ outcome: 'already allowed' })
  })
})

describe('the file', () => {
  it('is created with the comments of the starter where there was none', async () => {
    const { path, allow, text } = await place(null)
    expect(await allow(['services=nginx', 'actions=service.stop'])).toMatchObject({ outcome: 'created', kept: null })
    expect(text()).toContain('What Chaos Lite may do on erp-01')
    expect(lstatSync(path).mode & 0o777).toBe(0o644)
    expect(loadPolicy(path).file).toMatchObject({ actions: ['service.stop'], services: ['nginx'] })
  })

  it('keeps its mode, and the version before stays beside it; only the newest five of them', async () => {
    const { path, allow, names } = await place('policy: 1\n')
    chmodSync(path, 0o640)
    const { kept } = await allow(['services=s0'])
    expect(readFileSync(kept ?? '', 'utf8')).toBe('policy: 1\n')
    for (let count = 1; count < 9; count += 1) await allow([`services=s${count}`])
    expect(lstatSync(path).mode & 0o777).toBe(0o640)
    expect(names().filter((name) => name.endsWith('.old'))).toHaveLength(5)
    expect(names().filter((name) => !name.endsWith('.old'))).toEqual(['lock', 'policy.yaml'])
  })

  it('keeps its access list', async () => {
    const { path, allow } = await place('policy: 1\n')
    execFileSync('setfacl', ['--modify', 'user:daemon:r', path])
    await allow(['services=nginx'])
    expect(execFileSync('getfacl', ['--absolute-names', path]).toString()).toContain('user:daemon:r--')
    expect(servicesOf(path)).toEqual(['nginx'])
  })

  it('is only shown, and nothing is written, with a dry run', async () => {
    const { allow, text, names } = await place('policy: 1\n')
    const { outcome, preview } = await allow(['services=nginx'], { dryRun: true })
    expect(outcome).toBe('would change')
    expect(preview).toContain('+   - nginx')
    expect(text()).toBe('policy: 1\n')
    expect(names()).toEqual(['policy.yaml'])
    const none = await place(null)
    expect(await none.allow(['services=nginx'], { dryRun: true })).toMatchObject({ outcome: 'would create' })
    expect(none.names()).toEqual([])
  })

  it.each([
    ['a misspelt key', 'policy: 1\nsevices: [a]\n', /policy\.yaml:2:1: unknown key `sevices`.*did you mean `services`/],
    ['the same key twice', 'policy: 1\nservices: [a]\nservices: [b]\n', /policy\.yaml:3:1/],
    ['no YAML', 'policy: 1\nservices: [a\n', /policy\.yaml:\d+:\d+/],
  ])('is left as it is with %s in it, and the place is named', async (_note, before, words) => {
    const { allow, text } = await place(before)
    await expect(allow(['services=nginx'])).rejects.toThrow(words)
    expect(text()).toBe(before)
  })

  it('is left as it is where others could have written it, or a link leads to it', async () => {
    const open = await place('policy: 1\n')
    chmodSync(open.path, 0o666)
    await expect(open.allow(['services=nginx'])).rejects.toThrow(/chmod go-w/)
    const linked = await place('policy: 1\n')
    renameSync(linked.path, join(linked.folder, 'real.yaml'))
    symlinkSync('real.yaml', linked.path)
    await expect(linked.allow(['services=nginx'])).rejects.toThrow(/symbolic link/)
    expect(lstatSync(linked.path).isSymbolicLink()).toBe(true)
    expect(linked.text()).toBe('policy: 1\n')
  })

  it('is not edited where an anchor would change other lists too, and the lines to add are printed', async () => {
    const before = 'policy: 1\nservices: &all [a]\nprocesses: *all\n'
    const { allow, text } = await place(before)
    await expect(allow(['services=nginx'])).rejects.toThrow(/Add by hand:\n {2}services:\n {4}- nginx/)
    expect(text()).toBe(before)
  })

  it('loses nothing when several write it at once', async () => {
    const { path, allow } = await place('policy: 1\n')
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`)
    await Promise.all(names.map((name) => allow([`services=${name}`])))
    expect(servicesOf(path).toSorted()).toEqual(names.toSorted())
  })

  it('keeps what an editor wrote while the command was at work', async () => {
    const { path, allow, text } = await place('policy: 1\nservices: [a]\n')
    let saves = 0
    const files = {
      ...linuxFiles,
      async keep(from: string, to: string) {
        saves += 1
        if (saves === 1) writeFileSync(path, 'policy: 1\nservices: [a, c] # saved just now\n')
        await linuxFiles.keep(from, to)
      },
    }
    await allow(['services=b'], { files })
    expect(saves).toBe(2)
    expect(text()).toBe('policy: 1\nservices: [a, c, b] # saved just now\n')
  })
})

describe('an entry of the command line', () => {
  it('knows every key of a policy that can be set by a command', () => {
    expect([...allowKeys, ...keysByHand].toSorted()).toEqual(Object.keys(PolicyFile.shape).toSorted())
  })

  it.each([
    ['sevices=nginx', /did you mean `services`\?/],
    ['nginx', /not KEY=VALUE/],
    ['services=', /not KEY=VALUE/],
    ['services=a b', /must be a name/],
    ['addresses=everywhere', /must be an IP address/],
    ['cpuAtMost=200', /cpuAtMost=200/],
    ['holdAtMost=long', /holdAtMost=long/],
    ['hours=always', /cannot be set by this command/],
    ['folders=srv', /must be an absolute path/],
    ['services=…', /write the real name/],
    ['services=<name>', /write the real name/],
    ['folders=/srv/\u202etxt', /invisible characters/],
  ])('is refused with what was expected: %s', (entry, words) => {
    expect(() => additionOf(entry)).toThrow(words)
  })
})

describe('the command that would allow something', () => {
  it('reaches the program as it was meant, whatever a shell makes of special characters', () => {
    const text = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (entries) => {
        const command = allowCommand({ folders: entries.map((entry) => `/${entry}`), holdAtMost: '30m' }, 4_000)
        const seen = execFileSync('sh', ['-c', `set -f; printf '%s\\0' ${command}`])
        const words = seen.toString('utf8').split('\0').slice(0, -1)
        expect(words).toEqual([
          'chaos-lite-agent',
          'policy',
          'allow',
          ...entries.map((entry) => `folders=/${entry}`),
          'holdAtMost=30m',
        ])
      }),
      { numRuns: 40 },
    )
  })

  it('allows a part where all of it would be too long', () => {
    const long = `/${'x'.repeat(600)}`
    expect(allowCommand({ folders: [long], groups: ['finance'] })).toBe('chaos-lite-agent policy allow groups=finance')
    expect(allowCommand({ folders: [long] })).toMatch(/too long to be shown/)
    expect(existsSync(long)).toBe(false)
  })
})
