import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import {
  attack,
  CANARY,
  dump,
  EVENT_TRIGGER,
  LASTING,
  makeDatabase,
  programInView,
  sha256,
  trap,
  WRITTEN,
} from './support/hostile-dumps.ts'
import { Listener } from './support/listener.ts'
import { serveDatabase, sql } from './support/postgres.ts'

const postgres = (name: string, more = '') =>
  `${name}: { driver: postgres, location: /var/backups/${name}.dump${more} }`
const canary = `canary: { file: notes.text, sha256: ${sha256} }`
/** Of a text that nobody has planted. */
const other = `canary: { file: notes.text, sha256: ${'ab'.repeat(32)} }`

const repositories = [
  ...['quiet', 'brief', 'lasting', 'damaged'].map((name) => postgres(name)),
  postgres('trap', `, database: trap, ${canary}`),
  postgres('books', `, database: books, newest: public.orders.at, ${other}`),
  `lost: { driver: postgres, location: /var/backups/books.dump, database: lost }`,
  'pipe: { driver: archive, location: /var/backups/pipe.tar }',
  'chain: { driver: archive, location: /var/backups/chain.tar }',
  'many: { driver: archive, location: /var/backups/many.tar, compareWith: /srv/many }',
  'waiting: { driver: restic, location: /var/backups/none, passwordFile: /var/backups/password }',
]

const policy = `policy: 1
actions: [data.quarantine]
folders: [/srv/many]
exercises: [backup.restore]
repositories: [${repositories.map((line) => line.slice(0, line.indexOf(':'))).join(', ')}]
holdAtMost: 30m
`

/** What is in the backup, and what people have done to the live database since. */
const BOOKS = `create table orders (id int primary key, part text, at timestamptz default now() - interval '1 hour');
  create schema "odd schema"; create table "odd schema"."odd ""name""" (a bytea);
  create table notes (text text); create table emptied (a int); create table replaced (t int, a int);
  insert into orders select i, 'part ' || i from generate_series(1, 300) i;
  insert into notes values ('${CANARY}'), (null); insert into replaced select i, i from generate_series(1, 5) i;`
const SINCE = `delete from orders where id = 3; insert into orders values (1000, 'later');
  insert into emptied values (1); update replaced set a = a + 100; create table added (a int);`

/** Links that stay in their folder by their text, and lead out of it one after another, up to the root. */
const up = Array.from({ length: 8 }, (_, index) => `('l${index + 1}', 'l${index}/..')`)
const chain = `import tarfile
with tarfile.open('/var/backups/chain.tar', 'w') as tar:
  top = tarfile.TarInfo('d'); top.type = tarfile.DIRTYPE; tar.addfile(top)
  for name, target in [('l0', 'd/..'), ${up.join(', ')}]:
    one = tarfile.TarInfo(name); one.type = tarfile.SYMTYPE; one.linkname = target; tar.addfile(one)
  tar.addfile(tarfile.TarInfo('l8/etc/hostile'))
`

async function setScene(lab: Lab): Promise<void> {
  const host = lab.host('backups')
  await serveDatabase(host, { name: 'erp', user: 'erp', password: 'secret' })
  const program = attack((await Listener.on(host)).reach)
  await makeDatabase(host, 'quiet', programInView(`${LASTING}; ${program}`))
  await makeDatabase(host, 'brief', programInView(program) + EVENT_TRIGGER)
  await makeDatabase(host, 'lasting', programInView(`${LASTING}; ${program}`) + EVENT_TRIGGER)
  await makeDatabase(host, 'trap', trap('trap', program))
  await makeDatabase(host, 'books', BOOKS)
  for (const name of ['quiet', 'brief', 'lasting', 'trap', 'books']) await dump(host, name)
  await sql(host, 'books', `set role erp; ${SINCE}`)
  const hurt =
    'cp books.dump damaged.dump && head --bytes=1500 /dev/zero | tr "\\0" "\\245" | dd status=none conv=notrunc'
  const at = 'oflag=seek_bytes seek=$(($(stat --format=%s books.dump) - 1500)) of=damaged.dump'
  await host.exec(['sh', '-c', `cd /var/backups && ${hurt} ${at}`])
  await host.exec(['mkfifo', '/var/backups/pipe.tar', '/var/backups/password'])
  await host.exec(['python3', '-c', chain])
  // So many files that somebody can act in the middle; the live folder is small, because it is looked at again and again.
  const many =
    'mkdir /tmp/many && cd /tmp/many && seq 30000 | xargs touch && tar -cf /var/backups/many.tar . && rm -r /tmp/many'
  await host.exec(['sh', '-c', many])
  await host.writeFile('/srv/many/1', 'one')
}

/** What a restore may have left: units, processes, files. */
async function leftOn(host: LabHost): Promise<string> {
  const look = `systemctl list-units --all --plain --no-legend 'chaos-lite-exercise-*'; pgrep -a -f '[s]leep 4711|[e]xercise-work|[u]nshare'
    ls -d ${WRITTEN.join(' ')} /srv/.many* /srv/many.* /var/lib/chaos-lite/scratch/exercise-* 2>/dev/null; true`
  return (await host.enter(['sh', '-c', look])).stdout
}

describeLab('a backup that is not what it should be', () => {
  let fleet: Fleet
  let host: LabHost
  let listener: Listener

  beforeAll(async () => {
    const labels = { role: 'fileserver', backup: 'yes' }
    const definitions = `${repositories.join('\n')}\n`
    fleet = await startFleet({ hosts: { backups: { labels, policy, repositories: definitions } }, scene: setScene })
    host = fleet.host('backups')
    listener = await Listener.on(host)
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  /** Restores it; whatever came of it, nothing else of the host is another than before. */
  async function restored(repository: string) {
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository } })
    expect(differences).toEqual([])
    expect(await leftOn(host)).toBe('')
    const [exercise] = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.exercise ?? []))
    return { outcome: run.outcome, reasons: run.reasons.join('\n'), exercise }
  }

  test('a program that is run outside of a restore would be seen', async () => {
    await listener.seen()
    await host.exec(['sh', '-c', attack(listener.reach)])
    expect((await leftOn(host)).trim().split('\n')).toEqual(WRITTEN.toSorted())
    expect(await listener.seen()).toEqual([host.address, '127.0.0.1'].sort())
    await host.exec(['rm', ...WRITTEN])
  })

  test.each([
    ['quiet', /tries to run a program on the host that restores it/],
    ['lasting', /has started programs of its own, which were ended: sleep/],
  ])('the dump %s gets nowhere, and the run says so', async (repository, reason) => {
    expect(await restored(repository)).toMatchObject({ outcome: 'failed', reasons: expect.stringMatching(reason) })
    expect(await listener.seen()).toEqual([])
  })

  test('a dump that only a superuser can restore gets nowhere, and the record says with which rights it was', async () => {
    const { exercise } = await restored('brief')
    expect(exercise?.reason).toMatch(/superuser/)
    expect(await listener.seen()).toEqual([])
  })

  test('nothing that the owner of a database has laid out runs while it is read, restored or live', async () => {
    const { outcome, exercise } = await restored('trap')
    expect(await listener.seen()).toEqual([])
    expect(exercise).toMatchObject({ differences: [], canary: 'returned' })
    expect(exercise?.reason).not.toMatch(/superuser/)
    expect(outcome).toBe('passed')
  })

  test('each table that was not restored as it is now is named, and one that only went on is not blamed', async () => {
    const { outcome, reasons, exercise } = await restored('books')
    expect(exercise).toMatchObject({ canary: 'missing', items: 307 })
    expect(reasons).toContain('the canary notes.text was not restored')
    expect(exercise?.differences).toEqual([
      'the table public.added was not restored',
      'the table public.emptied was restored empty, the live one has 1 rows',
      'the table public.replaced was restored with 5 rows, the live one has 5, and none are the same',
    ])
    expect(exercise?.reason).toMatch(
      /compared with the database books, 5 tables .* 3 differences; .*2 rows or parts of tables that differ: changed since the backup, or missing in it/,
    )
    expect(outcome).toBe('failed')
  })

  test.each([
    ['damaged', /The dump .*damaged\.dump could not be restored/],
    ['lost', /live database lost.*does not exist/],
  ])('a dump fails the exercise with a true reason: %s', async (repository, reason) => {
    expect(await restored(repository)).toMatchObject({ outcome: 'failed', reasons: expect.stringMatching(reason) })
  })

  test('a named pipe in the place of a backup is refused while planning', async () => {
    await expect(fleet.plan('backup-restore-timing', { repository: 'pipe' })).rejects.toThrow(/is no file/)
    expect(await leftOn(host)).toBe('')
  })

  test('a tool that waits for ever is ended, and the agent goes on answering', async () => {
    await expect(fleet.plan('backup-restore-timing', { repository: 'waiting' })).rejects.toThrow()
    await until('nothing is left', async () => (await leftOn(host)) === '')
    await fleet.online('backups')
  })

  test('an archive with a chain of links that leads out reaches nothing, and the run says why', async () => {
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository: 'chain' } })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(/could not be read to its end: l8\/etc\/hostile: .*Not a directory/)
    expect(differences).toEqual([])
    expect(await leftOn(host)).toBe('')
  })

  const agent = '/usr/local/bin/chaos-lite-agent'
  test.each<[string, string[]]>([
    ['halt', [agent, 'halt']],
    ['revert', [agent, 'revert', '--all']],
    ['the death of the agent', ['systemctl', 'kill', '--signal=KILL', 'chaos-lite-agent']],
    ['the death of the exercise', ['pkill', '--signal=KILL', '--full', '[c]haos-lite-agent exercise']],
  ])('%s in the middle of a restore: the folder is back, and nothing is left of the restore', async (_name, act) => {
    const before = await fleet.manifests()
    const { runId } = await fleet.start('backup-fire-drill', { repository: 'many', folder: '/srv/many' })
    await host.waitUntil(['sh', '-c', 'ls /srv/.many.chaos-lite-restore-*/* | grep -q .'])
    await host.exec(act)
    // The death of an exercise alone ends no run: a person is asked first.
    const [run] = await Promise.all([
      fleet.ended(runId, { answers: { owner: 'no' } }),
      host.waitUntil(['test', '-s', '/srv/many/1']),
    ])
    expect(run).toMatchObject({ restoration: 'identical' })
    expect(run.outcome).not.toBe('passed')
    await host.exec([agent, 'halt', '--lift'])
    await until('nothing is left', async () => (await leftOn(host)) === '')
    await fleet.online('backups')
    expect((await fleet.differences(before)).filter((line) => !line.includes('/etc/chaos-lite: mtime'))).toEqual([])
  })
})
