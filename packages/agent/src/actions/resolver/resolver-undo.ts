import { Digest, line } from '@chaos-lite/shared'
import * as z from 'zod'
import { FileImage } from '../../host/index.ts'

/** Before and after: one file, `resolv.conf` itself. */
export const FileUndo = z.strictObject({
  by: z.literal('file'),
  image: FileImage,
  /** Canonical, as they stand in our block. */
  servers: z.array(line(45)).min(1).max(3),
  before: z.array(line(64)).max(32),
  marker: line(64),
})
export type FileUndo = z.infer<typeof FileUndo>

const Servers = z.array(line(64)).max(64)

/** After: a settings file of our own in `/run`, read by the program that decides. Before: no such file. */
export const SettingsUndo = z.strictObject({
  by: z.literal('settings'),
  manager: z.enum(['systemd-resolved', 'NetworkManager']),
  /** `/run` is empty after a boot. */
  bootId: line(64),
  path: line(256),
  folder: line(128),
  folderWasThere: z.boolean(),
  content: z.string().max(4096),
  servers: z.array(line(45)).min(1).max(3),
  /** The name that shows the change. */
  name: line(253),
  before: z.strictObject({
    forAll: Servers,
    connections: z
      .array(z.strictObject({ name: line(64), servers: Servers, domains: z.array(line(256)).max(64) }))
      .max(64),
  }),
  /** The file that programs read, where the program writes it with its own hand. */
  resolvConf: z.strictObject({ path: z.string().max(4096), digest: Digest }).nullable(),
})
export type SettingsUndo = z.infer<typeof SettingsUndo>

/** An undo record of either kind; `by` says which. */
export const ResolverUndo = z.discriminatedUnion('by', [FileUndo, SettingsUndo])
export type ResolverUndo = z.infer<typeof ResolverUndo>
