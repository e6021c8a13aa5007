import { parse } from 'yaml'
import * as z from 'zod'
import { RepositoriesFile, RepositoryDefinition } from '../../../packages/agent/src/definitions/definitions.ts'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page, table } from '../page.ts'

/** One of each kind; checked against the schema whenever the page is made. */
const EXAMPLE = `nightly:
  driver: restic
  location: /var/backups/restic
  passwordFile: /etc/chaos-lite/restic-password
  compareWith: /srv/share
  canary: { file: canary.txt, sha256: ${'5e'.repeat(32)} }
offsite:
  driver: borg
  location: /mnt/backup/borg
  passwordFile: /etc/chaos-lite/borg-password
  series: erp-share-*
  compareWith: /srv/share
  excludes: [lost+found, '*.tmp', web/cache]
  excludeCaches: true
copied: { driver: folder, location: /mnt/backup/share, compareWith: /srv/share }
zipped: { driver: archive, location: /mnt/backup/zips, compareWith: /srv/share, inside: share }
bookkeeping:
  driver: sqlite
  location: /mnt/backup/books
  compareWith: /var/lib/books/books.db
  newest: entries.created
  canary: { file: notes.text, sha256: ${'5e'.repeat(32)} }
erp:
  driver: postgres
  location: /mnt/backup/erp
  database: erp
  newest: public.orders.created
`

/** `repositories.yaml`: where the backups of a host lie, and how they are read. */
export function repositoriesPage(): Page {
  RepositoriesFile.parse(parse(EXAMPLE))
  const json = z.toJSONSchema(RepositoryDefinition, { io: 'input', reused: 'inline', unrepresentable: 'any' })
  return markdownPage('docs/reference/repositories.md', [
    '# Backup repositories',
    '',
    '`/etc/chaos-lite/repositories.yaml`, owned by root, mode 0600: name to repository. Drills and the controller know the names only. A backup is opened for ' +
      'reading; nothing is ever written to it, not even a lock. Which driver needs which program stands in [what works where](support.md).',
    '',
    ...fieldsTable(json as Record<string, unknown>),
    '',
    '```yaml',
    ...EXAMPLE.trimEnd().split('\n'),
    '```',
    '',
    'A **canary** is a known random text that was backed up once. Only its SHA-256 stands here (`sha256sum canary.txt`; in a database, of the value itself), so that its return cannot be made up.',
    '',
    '- `restic`, `borg`, `folder`, `archive`: what came back is compared with `compareWith` name by name, byte by byte. What was changed since the backup is counted and not reported as a difference; see below.',
    '- `archive`: what a file is, its first bytes say, whatever its name. Tar is listed and extracted by GNU tar of the host, unpacked by `gzip`, `xz`, `zstd`, `bzip2`, `lz4`, `lzip` or `lzop`; a program that is missing is named with its package. Zip is read by the agent itself. Absolute names lose their first slash, links stay links, pipes are made and never opened, devices are not made. ' +
      'In a folder, the newest file counts that is an archive by its name or by its first bytes: where it cannot be read (encrypted, 7z, a program that is missing), the restore fails and names it, and no older one is taken. Not counted are check sums, signatures, logs and lists beside the archives, and what is not finished by its name (`.part`, `.tmp`, a first dot).',
    '- `sqlite`: after an integrity check every row is compared with the live database, which is opened read-only and gets no file beside it. Where it was not written to since the backup, every row must be the same; else the rows that differ are counted as not compared, because nothing distinguishes a row that was changed since from one that the backup lost.',
    '- `postgres`: a dump made with `pg_dump --format=custom` is restored by the programs of this host into a server of its own, in a transient systemd unit with an account of its own, without network, where nothing but its scratch folder can be written; without systemd 239 or newer it is not offered. A dump that tries to run a program is refused, and one that has left a process behind fails. ' +
      'Tables are compared with `database` by counts and digests of their rows, in transactions that cannot write: as the account `postgres`, or as `env` says (`PGHOST`, `PGUSER`, `PGPASSFILE`).',
    '',
    '## Which backup is the newest',
    '',
    'Several hosts and jobs may share one restic or borg repository. The exercise `backup.restore` and the probe `backup` use the same filter:',
    '',
    '1. `host`, `paths` and `tags` (restic) or `host` and `series` (borg), where they are given. All of them must fit.',
    '2. Without these keys: the backups with the name of this host, else with its short name. If there are none and all backups come from one other host, its backups are used; the plan and the record name that host. If they come from several other hosts, the plan is refused until `host` names one.',
    '3. Of these, the newest that holds the folder to restore: by the paths of a restic snapshot; borg archives whose names show several series are looked into (8 series at most, the newest archive of each).',
    '4. Without `compareWith` and `folder` nothing distinguishes several series: the plan is refused, and the probe is not evaluated, until a key names one.',
    '',
    'A client whose host name changes with every run, such as a container, needs `tags` or `series`. Of a borg repository the newest 1,000 archives are read, with `series` those of the series. See [decision 22](../decisions/0022-one-series-of-a-shared-repository.md).',
    '',
    '## How restored files are judged',
    '',
    ...table(
      ['Found', 'It counts as a change since the backup, and not as a difference, only if'],
      [
        [
          'a live file or folder was not restored',
          'it was made since the backup; or the backup holds it under its former name',
        ],
        [
          'other size, bytes or link target',
          'its modification time is later than the backup; or a file that was made since took its name. Not if the backup holds the same modification time and size',
        ],
        [
          'another mode, owner, access list or file capability',
          'its change time (ctime) is later than the backup. The bytes are compared all the same',
        ],
        ['something came back that is not in the live folder', 'the folder above it was changed since the backup'],
      ],
    ),
    '',
    'A name that differs only in its Unicode form is one difference, “spelled otherwise”, and what it names is compared. Files that vanish or change while they are compared count as changed since the backup. Sockets, pipes and devices that are not in the backup are counted.',
    '',
    'The result, the record, the dashboard and the command line state **what was not compared**, with counts: what was changed, made, moved or removed since the backup, what `excludes` and `excludeCaches` leave out, special files, files outside of the sample. ' +
      'Never compared are modification times, hard links and extended attributes; modes, owners and access lists are not compared for zip files and without root. Access lists and file capabilities are compared for `restic`, `borg` and `folder` if `getfattr` (package `attr`) is installed; with `getfacl` (package `acl`) alone the access lists. See [decision 21](../decisions/0021-an-excuse-is-as-wide-as-its-reason.md).',
    '',
    'In `excludes`, `*` and `?` do not stand for a slash, a closing slash means folders only, and `**/NAME` is the same as `NAME`. What lies below an excluded folder is excluded as well, in the backup and in the live folder. The plan names all patterns.',
  ])
}
