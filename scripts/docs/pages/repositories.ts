import { parse } from 'yaml'
import * as z from 'zod'
import { RepositoriesFile, RepositoryDefinition } from '../../../packages/agent/src/policy/definitions.ts'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page } from '../page.ts'

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
  compareWith: /srv/share
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
    '- `restic`, `borg`, `folder`, `archive`: what came back is compared with `compareWith` name by name, byte by byte. What was changed since the backup is counted, not blamed.',
    '- `sqlite`: after an integrity check every row is compared with the live database, which is opened read-only and gets no file beside it. Where it was not written to since the backup, every row must be the same.',
    '- `postgres`: a dump made with `pg_dump --format=custom` is restored by the programs of this host into a server of its own, in a transient systemd unit with an account of its own, without network, where nothing but its scratch folder can be written; without systemd 239 or newer it is not offered. A dump that tries to run a program is refused, and one that has left a process behind fails. ' +
      'Tables are compared with `database` by counts and digests of their rows, in transactions that cannot write: as the account `postgres`, or as `env` says (`PGHOST`, `PGUSER`, `PGPASSFILE`).',
  ])
}
