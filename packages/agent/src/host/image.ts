import { Digest, line } from '@chaos-lite/shared'
import * as z from 'zod'

const Nanoseconds = z.string().regex(/^-?\d{1,20}$/)

/** Everything about a file or folder that must be as before. Times are decimal nanoseconds, as text. */
export const Metadata = z.strictObject({
  /** `link` is a symbolic link; undo records have this name for it. */
  kind: z.enum(['file', 'folder', 'link', 'other']),
  dev: z.string().regex(/^\d{1,20}$/),
  inode: z.string().regex(/^\d{1,20}$/),
  mode: z.int().min(0).max(0o7777),
  uid: z.int().min(0),
  gid: z.int().min(0),
  sizeBytes: z.int().min(0),
  mtimeNs: Nanoseconds,
  /** Last change of the inode and its birth: never compared or restored, they only show whose change was the last. */
  ctimeNs: Nanoseconds,
  birthNs: Nanoseconds,
  /** How many hard links (names) it has: stat(2), `st_nlink`. */
  links: z.int().min(0),
  /** `getfacl --omit-header --absolute-names --numeric --no-effective`, or null where there can be no ACL. */
  acl: z.string().max(65_536).nullable(),
  /** Extended attributes other than ACLs: name to base64; null where this host has no tool to read them. */
  attributes: z.record(z.string().max(255), z.string().max(131_072)).nullable(),
  /** `lsattr` flags such as `i` or `a`, or null where unknown. */
  flags: z.string().max(64).nullable(),
})
export type Metadata = z.infer<typeof Metadata>

/** A file whose bytes are to be replaced: before-image and expected after-image. The bytes lie in the record's folder. */
export const FileImage = z.strictObject({
  path: z.string().max(4096),
  before: Metadata,
  beforeDigest: Digest,
  afterDigest: Digest,
  folderPath: z.string().max(4096),
  folderMtimeNs: Nanoseconds,
  /** Where the original keeps a second name for as long as the failure lasts. */
  keptPath: z.string().max(4096),
  /** Name of the copy of the original bytes in the record's folder. */
  copy: line(128),
})
export type FileImage = z.infer<typeof FileImage>

/** A membership as it is stored, before and after the account is taken out. */
export const MembershipImage = z.strictObject({
  account: line(256),
  group: line(256),
  /** The number of an account of this host itself; absent where it comes from a directory service. */
  uid: z.int().min(0).optional(),
  files: z
    .array(
      z.strictObject({
        image: FileImage,
        position: z.int().min(0).describe('Where the account stands among the members, counted from 0'),
      }),
    )
    .min(1)
    .max(4),
})
export type MembershipImage = z.infer<typeof MembershipImage>

/** An account as `/etc/shadow` has it, before it is disabled. The password itself lies only in the copy of the file. */
export const DisableImage = z.strictObject({
  account: line(256),
  image: FileImage,
  /** Of the password field that gets a lock; null where it was locked before, and is left as it is. */
  passwordDigest: Digest.nullable(),
  expireBefore: z
    .string()
    .regex(/^\d{0,10}$/)
    .describe('The eighth field: days since 1970, or empty'),
})
export type DisableImage = z.infer<typeof DisableImage>
