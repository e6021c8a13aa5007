import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { builtInMenu } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { circles, importsBetween } from './support/import-graph.ts'

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean)
const sources = tracked.filter((file) => /^(?:packages|scripts)\/.*\.(?:ts|tsx|mjs)$/.test(file))
const product = sources.filter((file) => /^packages\/[a-z]+\/src\//.test(file) && !file.includes('.generated.'))

/** The modules that a file imports, as written. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '')
}

function packageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

/** The folder below `src` that a file belongs to; a file of `src` itself stands for itself. */
function folderOf(file: string): string {
  return file.split('/').slice(0, 4).join('/')
}

function isInside(file: string): boolean {
  return file.split('/').length > 4
}

/** The name as a word: not a part of a longer one. */
function isNamedIn(text: string, action: string): boolean {
  return new RegExp(`(?<![\\w.])${action.replace('.', '\\.')}(?!\\w)`).test(text)
}

/** Calls of Node.js that open a file by a name, and would wait for the other end of a pipe. */
const waits =
  /import \{[^}]*\b(?:open|openSync|readFile|readFileSync|createReadStream|createWriteStream|copyFile|copyFileSync|writeFile|writeFileSync|appendFile|opendir)\b[^}]*\} from 'node:fs(?:\/promises)?'/

const kernel = 'tables of the kernel in /proc and /sys, which never wait'
const own = 'below a folder that only root and the agent can change'
/** Who may use them all the same, and why. Exercises work in a child process, which is killed when it hangs. */
const opensByItself: Readonly<Record<string, string>> = {
  'packages/agent/src/actions/service/late.ts': 'our own note beside the record',
  'packages/agent/src/doctor/link.ts': 'tables of the kernel in /proc',
  'packages/agent/src/host/linux/accounts/root-programs.ts': 'the table of mounts in /proc',
  'packages/agent/src/host/linux/files/survey.ts':
    'opens without waiting and looks what it is; larger files in a thread',
  'packages/agent/src/host/linux/files/tree-users.ts': 'tables of the kernel in /proc',
  'packages/agent/src/host/linux/guards/ssh-server.ts': 'opens without waiting and looks what it is',
  'packages/agent/src/actions/process/late.ts': own,
  'packages/agent/src/child/tree.ts': kernel,
  'packages/agent/src/cli/prove.ts': 'its own program',
  'packages/agent/src/lock/pulse.ts': own,
  'packages/agent/src/program/executable.ts': 'its own program',
  'packages/agent/src/host/linux/clock.ts': kernel,
  'packages/agent/src/host/linux/files/mounts.ts': kernel,
  'packages/agent/src/host/linux/files/parents.ts': kernel,
  'packages/agent/src/host/linux/files/space.ts':
    'opens with O_NONBLOCK, and looks whether it is the file that was made',
  'packages/agent/src/host/linux/load-seen.ts': kernel,
  'packages/agent/src/host/linux/lock-holder.ts': kernel,
  'packages/agent/src/host/linux/memory-room.ts': kernel,
  'packages/agent/src/host/linux/mount-users.ts': kernel,
  'packages/agent/src/host/linux/mounts.ts': kernel,
  'packages/agent/src/host/linux/name-servers.ts': kernel,
  'packages/agent/src/host/linux/of-process.ts': kernel,
  'packages/agent/src/host/linux/own-processes.ts': kernel,
  'packages/agent/src/host/linux/processes.ts': kernel,
  'packages/agent/src/host/linux/sockets.ts': kernel,
  'packages/agent/src/identity/token.ts': 'a person names it, who may well give a pipe; nothing is held meanwhile',
  'packages/agent/src/load/io.ts': 'opens with O_NONBLOCK the file that was made for it',
  'packages/agent/src/load/main.ts': kernel,
  'packages/agent/src/replacement/replacement.ts': own,
  'packages/agent/src/definitions/owned-file.ts': 'opens with O_NONBLOCK, and looks what it is',
}

const zones = 'asks which zones there are, or what the calendar of one says'
/** What writes a date or a time in words or digits, not always for a person. */
const FORMATS =
  /toISOString|toLocale(?:Date|Time)?String|DateTimeFormat|RelativeTimeFormat|\.to(?:UTC|Date|Time|GMT)String\b/
/** Who may format an instant, and for whom: everything else asks the one module of its surface, which names the zone. */
const formatsInstants: Readonly<Record<string, string>> = {
  'packages/agent/src/failsafe/systemd.ts': 'a date for systemd',
  'packages/agent/src/host/linux/accounts/key-lines.ts': 'a date for the SSH server',
  'packages/agent/src/policy-file/allow/policy-file.ts': 'the name of a file',
  'packages/agent/src/policy-file/hours.ts': zones,
  'packages/agent/src/policy-file/schema.ts': zones,
  'packages/agent/src/probes/backup.ts': 'a value that drills compare',
  'packages/cli/src/commands/schedule.ts': 'the answer to `schedule preview --json`',
  'packages/dashboard/src/time/times.ts': 'on every screen, in the zone of the reader',
  'packages/dashboard/src/time/zones.ts': zones,
  'packages/shared/src/instant-text.ts': 'in every sentence, on every terminal and in every report',
  'packages/shared/src/schedule/wall-clock.ts': zones,
  'scripts/bench/held/held.ts': 'a number with its thousands',
  'scripts/bench/lists/lists.ts': 'a number with its thousands',
  'scripts/bench/page.ts': 'a sentence that names UTC',
  'scripts/prove/about.ts': 'a value under a head that names UTC',
}

/** What the rest of the agent may use of exercises: none of it touches a backup, or what came out of one. */
const ofExercises = /\b(?:Exercise|ExerciseContext|failedExercise|exercises|endExercises|Which|wipeFolder)\b/g
/** First modules of child processes, and what ends those. */
const ofChildren =
  /\/(?:exercises\/(?:box\/enter|box\/worker|child\/coordinator|child\/running)|backups\/sqlite\/child)\.ts$/

const example = 'an example for a person who writes a policy, a drill or a command'
const bench = 'what is measured'
/** Files outside of the folder of an action that name it all the same, and why. None of them changes when an action is added. */
const namesActions: Readonly<Record<string, string>> = {
  'packages/agent/src/actions/resolver/by-settings.ts': 'what a refusal offers instead',
  'packages/agent/src/actions/resolver/owner.ts': 'what a refusal offers instead',
  'packages/agent/src/cli/program.ts': example,
  'packages/agent/src/doctor/policy-findings.ts': example,
  'packages/agent/src/exercises/target.ts': 'what a drill must do before it restores into place',
  'packages/agent/src/policy-file/profiles.ts': 'what kinds of hosts are usually drilled for',
  'packages/agent/src/policy-file/schema.ts': example,
  'packages/agent/src/policy-file/starter.ts': example,
  'packages/agent/src/proof/proof.ts': 'the one failure with which an agent proves itself',
  'packages/shared/src/drill/schema.ts': example,
  'scripts/bench/edit/edit.ts': bench,
  'scripts/bench/edit/inside.ts': bench,
  'scripts/bench/hosts/bench-hosts.ts': bench,
  'scripts/bench/latency/latency.ts': bench,
  'scripts/bench/recovery/drills.ts': bench,
  'scripts/bench/recovery/recovery.ts': bench,
  'scripts/demo/hosts.ts': 'the policies of the demo',
  'scripts/docs/pages/generated-files.ts': 'a page about the two failures that recognize generated files',
  'scripts/docs/pages/policy.ts': example,
  'scripts/prove/namespace/bundles.ts': 'the failure with which a bundle is tried',
  'scripts/prove/options.ts': example,
  'scripts/wire/fuzz/files.ts': 'what is asked of damaged policies',
}

/** The folder of each action, by its name. */
const homes = new Map(
  product
    .filter((file) => file.startsWith('packages/agent/src/actions/'))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/defineAction\(\{\s*name: '([a-z.]+)'/g)].map(
        ([, name = '']) => [name, dirname(file)] as const,
      ),
    ),
)

describe('the house', () => {
  it('an action is named in its own folder only: what others must know of it, its definition says', () => {
    expect([...homes.keys()].sort()).toEqual(builtInMenu.actions.map(({ name }) => name).sort())
    const named = sources
      .filter((file) => /^packages\/[a-z]+\/src\/|^scripts\//.test(file) && !file.includes('.generated.'))
      .flatMap((file) => {
        const text = readFileSync(file, 'utf8')
        const strange = [...homes].filter(([name, home]) => dirname(file) !== home && isNamedIn(text, name))
        return strange.length === 0 ? [] : [file]
      })
    expect(named.filter((file) => !(file in namesActions))).toEqual([])
    expect(Object.keys(namesActions).filter((file) => !named.includes(file))).toEqual([])
  })

  it.each([
    ["case 'disk.fill':", true],
    ['`disk.fill` and others', true],
    ["import './disk.fill.ts'", true],
    ['overdisk.filled', false],
    ['disk-fill', false],
  ])('finds names of actions: %s', (text, found) => {
    expect(isNamedIn(text, 'disk.fill')).toBe(found)
  })

  it('writes instants for people in one place of each surface, which names their zone', () => {
    const files = sources
      .filter((file) => /^packages\/[a-z]+\/src\/|^scripts\//.test(file))
      .filter((file) => FORMATS.test(readFileSync(file, 'utf8')))
    expect(files.filter((file) => !(file in formatsInstants))).toEqual([])
    expect(Object.keys(formatsInstants).filter((file) => !files.includes(file))).toEqual([])
  })

  it('turns what a schema finds into words in one place', () => {
    const raw =
      /\b(?:prettifyError|flattenError|formatError|treeifyError)\b|\bissues?(?:\[\d\]|\.at\([^)]*\))?\??\.message\b|\{ [^}]*\bmessage\b[^}]* \}\) =>[^\n]*issue|issues\.map\(\(\{[^}]*\bmessage\b/
    const wrong = product.filter((file) => raw.test(readFileSync(file, 'utf8')))
    expect(wrong).toEqual(['packages/shared/src/issue-text.ts'])
  })

  it.each(['agent', 'controller', 'dashboard', 'cli', 'shared'])('%s imports no other package but shared', (name) => {
    const allowed = name === 'shared' ? [] : ['@chaos-lite/shared']
    const wrong = product
      .filter((file) => packageOf(file) === name)
      .flatMap((file) => importsOf(file).map((module) => ({ file, module })))
      .filter(
        ({ module }) =>
          module.startsWith('@chaos-lite/') && !allowed.some((one) => module === one || module.startsWith(`${one}/`)),
      )
    expect(wrong).toEqual([])
  })

  it.each(['agent', 'controller', 'dashboard', 'cli', 'shared'])('%s has no circle of imports', (name) => {
    const imports = importsBetween(product.filter((file) => packageOf(file) === name))
    expect(circles(imports.map(({ from, to }) => [from, to]))).toEqual([])
    expect(circles(imports.map(({ from, to }) => [folderOf(from), folderOf(to)]))).toEqual([])
  })

  it.each(['agent', 'controller', 'dashboard', 'cli', 'shared'])(
    '%s: a folder is entered by its index.ts only, or by what is loaded when it is needed',
    (name) => {
      const wrong = importsBetween(product.filter((file) => packageOf(file) === name))
        .filter(({ from, to, late }) => !late && folderOf(from) !== folderOf(to) && isInside(to))
        .filter(({ to }) => to !== `${folderOf(to)}/index.ts`)
      expect(wrong.map(({ from, to }) => `${from}: ${to}`)).toEqual([])
    },
  )

  it('finds circles', () => {
    const edges = [...'ab bc ca cd de ed ff'.split(' ').map((edge) => [edge[0] ?? '', edge[1] ?? ''] as const)]
    expect(circles(edges)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ])
  })

  it('no package reaches into another by a relative path', () => {
    const wrong = product.flatMap((file) =>
      importsOf(file)
        .filter((module) => /(?:\.\.\/){2,}(?:shared|agent|controller|dashboard|cli)\//.test(module))
        .map((module) => `${file}: ${module}`),
    )
    expect(wrong).toEqual([])
  })

  it('shared does no input or output', () => {
    const wrong = product
      .filter((file) => packageOf(file) === 'shared')
      .flatMap((file) =>
        importsOf(file)
          // Computing is neither; and what the dashboard imports must run in a browser.
          .filter((module) => module.startsWith('node:') && !(module === 'node:crypto' && file.includes('/sealed/')))
          .map((module) => `${file}: ${module}`),
      )
    expect(wrong).toEqual([])
  })

  it('what runs in a browser needs nothing of Node.js', () => {
    const wrong = product.filter(
      (file) =>
        (packageOf(file) === 'dashboard' || (packageOf(file) === 'shared' && !file.includes('/sealed/'))) &&
        importsOf(file).some((module) => module.includes('/sealed')),
    )
    expect(wrong).toEqual([])
  })

  it('agent and shared depend on no native module', () => {
    for (const name of ['agent', 'shared']) {
      const { dependencies } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'))
      for (const dependency of Object.keys(dependencies).filter((one) => !one.startsWith('@chaos-lite/'))) {
        const folder = `packages/${name}/node_modules/${dependency}`
        const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
        expect(manifest.gypfile ?? false, `${dependency} is built by node-gyp`).toBe(false)
        expect(manifest.binary, `${dependency} fetches a binary`).toBeUndefined()
      }
    }
  })

  it('the operating system is known in one room of the agent only', () => {
    const wrong = product
      .filter(
        (file) =>
          packageOf(file) === 'agent' &&
          !/\/src\/(?:host|failsafe|doctor|inventory|identity|durable|cli)\//.test(file) &&
          !file.endsWith('compose.ts'),
      )
      .filter((file) => readFileSync(file, 'utf8').includes('process.platform'))
    expect(wrong).toEqual([])
  })

  it('no file of others is opened by a call that may wait: small-files opens without waiting, and looks what it is', () => {
    const wrong = product
      .filter(
        (file) =>
          packageOf(file) === 'agent' &&
          !file.includes('/src/small-files/') &&
          !file.includes('/src/exercises/') &&
          !file.includes('/src/backups/'),
      )
      .filter((file) => !(file in opensByItself))
      .filter((file) => waits.test(readFileSync(file, 'utf8')))
    expect(wrong).toEqual([])
    const needless = Object.keys(opensByItself).filter((file) => !waits.test(readFileSync(file, 'utf8')))
    expect(needless).toEqual([])
  })

  it('no backup and no file of a restore is read by the agent itself: boxes do that, and a probe that always looks apart', () => {
    const agent = product.filter((file) => packageOf(file) === 'agent')
    const outside = importsBetween(agent).filter(
      ({ from, to }) => /\/src\/(?:exercises|backups)\//.test(to) && !/\/src\/(?:exercises|backups)\//.test(from),
    )
    expect(outside.filter(({ to, late }) => late && !ofChildren.test(to))).toEqual([])
    const readers = outside.filter(({ to }) => to.endsWith('/backups/index.ts')).map(({ from }) => from)
    expect(readers).toEqual(['packages/agent/src/probes/backup.ts'])
    const names = outside
      .filter(({ to }) => to.endsWith('/exercises/index.ts'))
      .flatMap(({ from }) => [...readFileSync(from, 'utf8').matchAll(/\{([^}]*)\} from '[./]*exercises\/index\.ts'/g)])
      .map(([, list = '']) => list.replaceAll(ofExercises, '').replaceAll(/\btype\b|[\s,]/g, ''))
    expect(names.filter((left) => left !== '')).toEqual([])
    expect(readFileSync('packages/agent/src/probes/backup.ts', 'utf8')).toContain("reads: () => 'always'")
    const looking = agent.filter(
      (file) => file.includes('/src/probes/') && /from 'node:fs/.test(readFileSync(file, 'utf8')),
    )
    // Its `reads` says so, and `test/policy-file/asks.test.ts` asks every probe that is about a path.
    expect(looking).toEqual(['packages/agent/src/probes/disk.ts'])
  })

  it('files are short: at most 250 lines', () => {
    const long = product
      .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
      .filter(({ file, lines }) => lines > 250 && !readFileSync(file, 'utf8').includes('@NOTE long:'))
    expect(long).toEqual([])
  })

  it("no folder is made by Node.js's own recursive mkdir, which may try for ever", () => {
    const wrong = product.filter((file) =>
      /mkdir(?:Sync)?\([^{\n]*\{[^}\n]*recursive: true/.test(readFileSync(file, 'utf8')),
    )
    // A person's own folder, below the home folder.
    expect(wrong).toEqual(['packages/cli/src/client/session-file.ts'])
  })

  it('no program is started through a shell', () => {
    const wrong = sources
      .filter((file) => file !== 'scripts/bootstrap.mjs')
      .filter((file) => {
        const text = readFileSync(file, 'utf8')
        return /import \{[^}]*\bexec(?:Sync)?\b[^}]*\} from 'node:child_process'|shell:\s*true/.test(text)
      })
    expect(wrong).toEqual([])
  })

  it('tests are never switched off and never wait for a fixed time', () => {
    const tests = tracked.filter((file) => /\.(?:test|spec)\.tsx?$/.test(file) && file !== 'test/architecture.test.ts')
    const wrong = tests.filter((file) =>
      /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b|setTimeout\((?:r|resolve|res|done)\b/.test(
        readFileSync(file, 'utf8'),
      ),
    )
    expect(wrong).toEqual([])
  })

  it('tests wait with patience: the one second of vi.waitFor is for nobody', () => {
    const tests = tracked.filter(
      (file) => /\/test\/.*\.tsx?$|^test\//.test(file) && file !== 'test/architecture.test.ts',
    )
    const wrong = tests.filter((file) => readFileSync(file, 'utf8').includes('vi.waitFor('))
    expect(wrong).toEqual(['packages/shared/test/eventually.ts'])
  })

  it('no test ends by a limit of its own before its suite does', () => {
    const tests = tracked.filter(
      (file) => /\/test\/.*\.tsx?$|^test\//.test(file) && file !== 'test/architecture.test.ts',
    )
    const limits = /setConfig\(\{ *(?:testTimeout|hookTimeout)|^\s*\}, \d[\d_]{3,}\)$/m
    expect(tests.filter((file) => limits.test(readFileSync(file, 'utf8')))).toEqual([])
  })
})
