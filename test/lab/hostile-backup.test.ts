import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { serveDatabase, sql } from './support/postgres.ts'

const policy = `policy: 1
actions: [data.quarantine]
folders: [/srv/many]
exercises: [backup.restore]
repositories: [quiet, lasting, pipe, waiting, chain, many]
holdAtMost: 30m
`

const repositories = `quiet: { driver: postgres, location: /var/backups/quiet.dump }
lasting: { driver: postgres, location: /var/backups/lasting.dump }
pipe: { driver: archive, location: /var/backups/pipe.tar }
chain: { driver: archive, location: /var/backups/chain.tar }
many: { driver: archive, location: /var/backups/many.tar, compareWith: /srv/many }
waiting: { driver: restic, location: /var/backups/none, passwordFile: /var/backups/password }
`

/** Each dump writes where it can, and leaves a process of its own. */
const left = '(setsid nohup sleep 4711 >/dev/null 2>&1 &)'
const written = ['/tmp/hostile', '/var/tmp/hostile', '/dev/shm/hostile', '/etc/hostile', '/run/hostile']
const code = `${left}; for f in ${written.join(' ')}; do echo x > $f; done; echo done`

/** A dump whose materialised view runs a program, but only where it is restored. */
async function makeDump(host: LabHost, name: string, before: string): Promise<void> {
  await sql(
    host,
    'erp',
    `${before} create table if not exists seen (t text);
     create or replace function run() returns setof text language plpgsql as $f$ begin
       if current_database() = 'scratch' then copy public.seen from program '${code}'; end if;
       return query select 'x'::text; end $f$;
     drop materialized view if exists m; create materialized view m as select * from run();`,
  )
  const argv = ['runuser', '-u', 'postgres', '--', 'pg_dump', '--format=custom', `--file=/tmp/${name}.dump`, 'erp']
  await host.exec(argv)
  await host.exec(['install', '--mode=0600', `/tmp/${name}.dump`, `/var/backups/${name}.dump`])
}

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
  await makeDump(host, 'quiet', '')
  // Only a superuser may make one: the restore has to be one as well.
  const trigger = `create function et() returns event_trigger language plpgsql as $f$ begin end $f$;
    create event trigger e on ddl_command_start execute function et();`
  await makeDump(host, 'lasting', trigger)
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
    ls -d ${written.join(' ')} /srv/.many* /srv/many.* /var/lib/chaos-lite/scratch/exercise-* 2>/dev/null; true`
  return (await host.enter(['sh', '-c', look])).stdout
}

describeLab('a backup is hostile', () => {
  let fleet: Fleet
  let host: LabHost

  beforeAll(async () => {
    const labels = { role: 'fileserver', backup: 'yes' }
    fleet = await startFleet({ hosts: { backups: { labels, policy, repositories } }, scene: setScene })
    host = fleet.host('backups')
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  test.each([
    ['quiet', /tries to run a program on the host that restores it/],
    ['lasting', /has started programs of its own, which were ended: sleep/],
  ])('the dump %s gets nowhere, and the run says so', async (repository, reason) => {
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository } })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(reason)
    expect(differences).toEqual([])
    expect(await leftOn(host)).toBe('')
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

  test('an archive with a chain of links that leads out is refused, and the run says why', async () => {
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository: 'chain' } })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(/is not safe to restore: "l8\/etc\/hostile" lies behind a link of the same/)
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
