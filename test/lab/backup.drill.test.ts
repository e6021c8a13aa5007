import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lab, LabHost } from '../../scripts/lab/index.ts'
import { makeArchive, makeBorgRepository } from './support/borg.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import type { Answer } from './support/people.ts'
import { serveDatabase, sql } from './support/postgres.ts'
import { makeRepository, makeSnapshot } from './support/restic.ts'

const CANARY = 'canary 5e1b0c'
const sha256 = createHash('sha256').update(CANARY).digest('hex')
const canary = `canary: { file: canary.txt, sha256: ${sha256} }`

const policy = `policy: 1
actions: [data.quarantine]
exercises: [backup.restore]
folders: [/srv/data]
repositories: [nightly, damaged, foreign, stale, forgetful, copy, zipped, borged, booked, dumped]
holdAtMost: 30m
`

const restic = (name: string, more: string) =>
  `${name}: { driver: restic, location: /var/backups/${name}, passwordFile: /etc/${name}-password, ${more} }\n`

const repositories = [
  restic('nightly', `compareWith: /srv/data, ${canary}`),
  restic('damaged', 'compareWith: /srv/data'),
  restic('foreign', 'compareWith: /srv/data'),
  restic('stale', 'compareWith: /srv/archive'),
  restic('forgetful', `compareWith: /srv/archive, ${canary}`),
  `borged: { driver: borg, location: /var/backups/borged, compareWith: /srv/data, ${canary} }\n`,
  `booked: { driver: sqlite, location: /var/backups/books.db, compareWith: /srv/books.db, newest: entries.at, canary: { file: notes.text, sha256: ${sha256} } }\n`,
  `dumped: { driver: postgres, location: /var/backups/erp.dump, database: erp, canary: { file: notes.text, sha256: ${sha256} } }\n`,
  `copy: { driver: folder, location: /var/backups/share, compareWith: /srv/share, ${canary} }\n`,
  `zipped: { driver: archive, location: /var/backups/share.zip, compareWith: /srv/share, inside: ., ${canary} }\n`,
].join('')

async function setScene(lab: Lab): Promise<void> {
  const host = lab.host('files')
  await host.writeFile('/srv/data/canary.txt', CANARY)
  await host.writeFile('/srv/data/orders/4711.txt', 'one landing gear\n')
  await host.writeFile('/srv/data/drawing.bin', randomBytes(300_000))
  await host.enter(['ln', '--symbolic', 'orders/4711.txt', '/srv/data/newest'])
  await host.writeFile('/srv/archive/2019.txt', 'long ago\n')
  await host.enter(['touch', '--date=40 days ago', '/srv/archive/2019.txt'])
  await backUp(host, 'nightly', '/srv/data')
  await backUp(host, 'stale', '/srv/archive')
  await backUp(host, 'forgetful', '/srv/archive')
  await backUp(host, 'damaged', '/srv/data')
  await damage(host, '/var/backups/damaged')
  await backUpOtherContent(host)
  await makeArchive(host, await makeBorgRepository(host, 'borged'), 'nightly', ['/srv/data'])
  await serveDatabase(host, { name: 'erp', user: 'erp', password: 'secret' })
  await sql(host, 'erp', `create table notes (text text); insert into notes values ('${CANARY}'), ('more')`)
  const dump = await host.enter([
    'runuser',
    '-u',
    'postgres',
    '--',
    'pg_dump',
    '--format=custom',
    '--file=/tmp/erp.dump',
    'erp',
  ])
  expect(dump.code).toBe(0)
  await host.enter(['install', '--mode=0600', '/tmp/erp.dump', '/var/backups/erp.dump'])
  await host.writeFile('/srv/books.db', books())
  await host.enter(['cp', '--archive', '/srv/books.db', '/var/backups/books.db'])
  await host.writeFile('/srv/share/canary.txt', CANARY)
  await host.enter(['cp', '--archive', '/srv/share', '/var/backups/share'])
  await host.enter(['sh', '-c', 'cd /srv/share && zip --quiet --recurse-paths /var/backups/share.zip .'])
}

/** A small database, as a program on the host would have made it. */
function books(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-lite-books-'))
  try {
    using db = new DatabaseSync(join(folder, 'books.db'))
    db.exec(`CREATE TABLE entries (id INTEGER PRIMARY KEY, at TEXT); CREATE TABLE notes (text TEXT);
      INSERT INTO entries (at) VALUES (datetime('now', '-1 hour')), (datetime('now')); INSERT INTO notes VALUES ('${CANARY}')`)
    return readFileSync(join(folder, 'books.db'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function backUp(host: LabHost, name: string, folder: string): Promise<void> {
  await makeSnapshot(host, await makeRepository(host, name), [folder])
}

/** A few bytes in the middle of the largest pack, which holds what is in the files. */
async function damage(host: LabHost, repository: string): Promise<void> {
  const { stdout } = await host.enter(['find', `${repository}/data`, '-type', 'f', '-printf', '%s %p\n'])
  const packs = stdout
    .trim()
    .split('\n')
    .sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
  const [size, pack] = packs[0]?.split(' ') ?? []
  const where = [`seek=${Math.floor(Number(size) / 2)}`, `of=${pack}`]
  await host.enter(['dd', 'status=none', 'conv=notrunc', 'bs=1', ...where], { input: 'damage' })
}

/** A backup job that reads the wrong disk: the right names, other bytes. */
async function backUpOtherContent(host: LabHost): Promise<void> {
  await host.enter(['cp', '--archive', '/srv/data', '/var/wrong'])
  await host.writeFile('/var/wrong/orders/4711.txt', 'two landing gears\n')
  await host.enter(['mount', '--bind', '/var/wrong', '/srv/data'])
  await backUp(host, 'foreign', '/srv/data')
  await host.enter(['umount', '/srv/data'])
}

describeLab('backups', () => {
  let fleet: Fleet
  let host: LabHost

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: { files: { labels: { role: 'fileserver', backup: 'yes' }, policy, repositories } },
      scene: setScene,
    })
    host = fleet.host('files')
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const fireDrill = (repository: string, answer: Answer | (() => Promise<Answer>)) =>
    fleet.run('backup-fire-drill', {
      params: { repository },
      answers: { owner: answer },
    })

  test('backup-fire-drill passes when the folder comes back complete', async () => {
    const { run, differences } = await fireDrill('nightly', 'yes')
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.restore).toMatchObject({ met: true })
    expect(run.steps.flatMap((step) => step.hosts.flatMap((row) => row.exercise?.canary ?? []))).toEqual(['returned'])
    expect(differences).toEqual([])
  })

  test('backup-fire-drill keeps a copy in which somebody worked, says so everywhere, and the original is as before', async () => {
    const { run, differences } = await fireDrill('nightly', async () => {
      await host.writeFile('/srv/data/orders/4712.txt', 'a wing\n')
      return 'yes'
    })
    expect(run).toMatchObject({ effect: 'proved', restoration: 'ours undone' })
    const { stdout } = await host.enter(['find', '/srv', '-maxdepth', '1', '-name', 'data.kept-*'])
    const kept = stdout.trim()
    expect(kept).toMatch(/^\/srv\/data\.kept-[0-9A-Z]{26}$/)
    expect((await host.enter(['cat', `${kept}/orders/4712.txt`])).stdout).toBe('a wing\n')
    expect(run.steps.flatMap((step) => step.hosts.flatMap((row) => row.kept)).join(' ')).toContain(
      `was kept as ${kept}: it differs from what was restored: "orders/4712.txt" was added`,
    )
    expect(run.questions.map(({ text }) => text).join()).toContain('is kept beside it as <folder>.kept-<record>')
    // Nothing else on the host, the original first, is another than before.
    expect(differences.filter((line) => !line.includes(kept) && !/^files: files \/srv: mtime/.test(line))).toEqual([])
    await host.exec(['rm', '--recursive', kept])
  })

  test('backup-fire-drill fails when a pack of the repository is damaged', async () => {
    const { run, differences } = await fireDrill('damaged', 'no')
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons.join('\n')).toMatch(/The exercise restore-folder on files failed: restic restore failed on/)
    expect(differences).toEqual([])
  })

  test('backup-fire-drill fails when other bytes come back', async () => {
    const { run, differences } = await fireDrill('foreign', 'no')
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    const found = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.exercise?.differences ?? []))
    expect(found.join('\n')).toContain('orders/4711.txt')
    expect(differences).toEqual([])
  })

  test.each(['nightly', 'borged', 'booked', 'dumped', 'copy', 'zipped'])(
    'backup-restore-timing passes from %s',
    async (repository) => {
      const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository } })
      expect(run.reasons).toEqual([])
      expect(run).toMatchObject({ outcome: 'passed', effect: 'not applicable', restoration: 'not applicable' })
      expect(run.objectives.restore).toMatchObject({ met: true })
      expect(differences).toEqual([])
    },
  )

  test('backup-restore-timing fails when the newest restored file is too old', async () => {
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository: 'stale' } })
    expect(run.outcome).toBe('failed')
    expect(run.objectives.dataAge).toMatchObject({ met: false })
    expect(run.reasons).toEqual([expect.stringMatching(/^Age of the restored data: target/)])
    expect(differences).toEqual([])
  })

  test('backup-restore-timing fails when the canary does not come back', async () => {
    const params = { repository: 'forgetful', oldest: '1440h' }
    const { run, differences } = await fleet.run('backup-restore-timing', { params })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(/canary canary.txt was not restored/)
    expect(differences).toEqual([])
  })

  test('a damaged database fails the exercise, and is not changed', async () => {
    await host.enter(['dd', 'status=none', 'conv=notrunc', 'bs=1', 'seek=4100', 'of=/var/backups/books.db'], {
      input: 'damage',
    })
    const { run, differences } = await fleet.run('backup-restore-timing', { params: { repository: 'booked' } })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(/restored database is damaged|cannot be read/)
    expect(differences).toEqual([])
  })

  test('a wrong password is reported while planning, and nothing is touched', async () => {
    const before = await fleet.manifests()
    await host.exec(['cp', '--preserve=all', '/etc/nightly-password', '/run/right'])
    await host.writeFile('/etc/nightly-password', 'wrong\n')
    const params = { repository: 'nightly' }
    await expect(fleet.plan('backup-fire-drill', params)).rejects.toThrow(
      /password for the restic repository .* is wrong/,
    )
    await host.exec(['cp', '--preserve=all', '/run/right', '/etc/nightly-password'])
    expect(await fleet.differences(before)).toEqual([])
  })
})
