import { accountNamePattern } from '@chaos-lite/shared'
import * as z from 'zod'

const AbsolutePath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0]*$/, 'must be an absolute path')

const Secret = {
  password: z.string().min(1).max(1024).optional(),
  passwordFile: AbsolutePath.optional().describe('A file whose first line is the password'),
}

/** One account that the `login` probe may use, as the host's owner wrote it in `credentials.yaml`. */
export const CredentialDefinition = z
  .discriminatedUnion('driver', [
    z.strictObject({
      driver: z.literal('pam'),
      account: z.string().max(256).regex(accountNamePattern, 'must be the name of an account'),
      service: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'must be the name of a file in /etc/pam.d')
        .default('login'),
      ...Secret,
    }),
    z.strictObject({
      driver: z.literal('ldap'),
      url: z.string().regex(/^ldaps?:\/\/[^\s/@]+$/, 'must be ldap://host or ldaps://host, with an optional port'),
      dn: z.string().min(1).max(512),
      startTls: z.boolean().default(false),
      caFile: AbsolutePath.optional(),
      clearText: z
        .literal('accepted')
        .optional()
        .describe('Needed to send the password over plain ldap:// to another machine'),
      ...Secret,
    }),
  ])
  .refine((one) => (one.password === undefined) !== (one.passwordFile === undefined), {
    message: 'must have either password or passwordFile',
  })
export type CredentialDefinition = z.infer<typeof CredentialDefinition>

const RepositoryFields = z.strictObject({
  driver: z.enum(['folder', 'archive', 'restic', 'borg', 'sqlite', 'postgres']),
  location: z
    .string()
    .min(1)
    .max(1024)
    .describe(
      'folder: the copy; archive: one tar, packed or not, or one zip, or a folder of them; restic: what -r takes; borg: the repository; sqlite: a copy of the database, or a folder of them; postgres: a dump in the custom format, or a folder of them',
    ),
  passwordFile: AbsolutePath.optional(),
  env: z
    .record(z.string().regex(/^[A-Z][A-Z0-9_]{0,63}$/), z.string().max(1024))
    .optional()
    .describe('Environment of the backup tool, such as the keys of an object store'),
  compareWith: AbsolutePath.optional().describe(
    'The live folder that is backed up here; sqlite: the live database file',
  ),
  database: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/, 'must be the name of a database')
    .optional()
    .describe(
      'postgres: the live database to compare with; how it is reached can stand in env (PGHOST, PGUSER, PGPASSFILE)',
    ),
  newest: z
    .string()
    .max(256)
    .regex(/^.+\..+$/, 'must be table.column')
    .optional()
    .describe(
      'sqlite, postgres: the column whose latest time is the age of the data; default: when the backup was taken',
    ),
  inside: z
    .string()
    .max(1024)
    .optional()
    .describe('Where that folder lies inside the backup; restic and borg: at its own path, else: at the top'),
  excludes: z
    .array(
      z
        .string()
        .min(1)
        .max(256)
        .regex(/[^*?/[\]^!]/, 'must not fit every name')
        .regex(/^(?!(?:.*\/)?\.\.(?:\/|$))[^\0]+$/, 'must be a name or a path below the folder'),
    )
    .min(1)
    .max(64)
    .optional()
    .describe(
      'folder, archive, restic, borg: what the backup leaves out by design, with all below it. Without a slash a name at any depth (`*.tmp`, `lost+found`), with one a path from the top of compareWith (`web/cache/*`)',
    ),
  excludeCaches: z
    .boolean()
    .optional()
    .describe('folder, archive, restic, borg: folders with a valid CACHEDIR.TAG are left out by design'),
  host: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('restic, borg: only backups of this host name; see below for the default'),
  paths: z
    .array(AbsolutePath)
    .min(1)
    .max(16)
    .optional()
    .describe('restic: only snapshots that have all of these paths, as `restic snapshots` shows them'),
  tags: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(16)
    .optional()
    .describe('restic: only snapshots that have all of these tags'),
  series: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('borg: only archives with names like this: a pattern (`erp-share-*`), or what they begin with'),
  canary: z
    .strictObject({
      file: z
        .string()
        .min(1)
        .max(1024)
        .regex(/^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^\0]+$/, 'must be a path inside the backed-up folder')
        .describe(
          'A path inside the backed-up folder; sqlite, postgres: table.column, of which one value is the canary',
        ),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
    })
    .optional(),
})

/** Which drivers know a setting that the others would pass over in silence. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  excludes: ['folder', 'archive', 'restic', 'borg'],
  excludeCaches: ['folder', 'archive', 'restic', 'borg'],
  host: ['restic', 'borg'],
  paths: ['restic'],
  tags: ['restic'],
  series: ['borg'],
}

/** One place where backups lie, as the host's owner wrote it in `repositories.yaml`. */
export const RepositoryDefinition = RepositoryFields.superRefine((one, { addIssue }) => {
  for (const [key, drivers] of Object.entries(ONLY)) {
    if (one[key as keyof typeof one] === undefined || drivers.includes(one.driver)) continue
    addIssue({ code: 'custom', path: [key], message: `is for ${drivers.join(', ')} only` })
  }
})
export type RepositoryDefinition = z.infer<typeof RepositoryDefinition>

const DefinedName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must begin with a letter; letters, digits, - and _')

/** `credentials.yaml`: name to credential. */
export const CredentialsFile = z.record(DefinedName, CredentialDefinition)
/** `repositories.yaml`: name to repository. */
export const RepositoriesFile = z.record(DefinedName, RepositoryDefinition)
