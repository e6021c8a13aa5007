import * as z from 'zod'
import { callManager, unitObject } from './bus.ts'

const Text = z.string().max(65_536)
const Command = z.tuple([Text, z.array(Text).max(4096), z.boolean()]).rest(z.unknown())
const Condition = z.tuple([Text, z.boolean(), z.boolean(), Text]).rest(z.unknown())
const List = z.array(Text).max(4096).default([])

/** What systemd holds of a loaded unit that decides whether it starts again. A version that lacks a part leaves it out. */
const UnitFacts = z.object({
  FragmentPath: Text.default(''),
  NeedDaemonReload: z.boolean().default(false),
  Transient: z.boolean().default(false),
  SuccessAction: Text.default('none'),
  FailureAction: Text.default('none'),
  StartLimitAction: Text.default('none'),
  Requires: List,
  BindsTo: List,
  Requisite: List,
  Conditions: z.array(Condition).max(256).default([]),
  Asserts: z.array(Condition).max(256).default([]),
  ExecCondition: z.array(Command).max(256).default([]),
  ExecStartPre: z.array(Command).max(256).default([]),
  ExecStart: z.array(Command).max(256).default([]),
  ExecStartPost: z.array(Command).max(256).default([]),
  Environment: List,
  EnvironmentFiles: z
    .array(z.tuple([Text, z.boolean()]))
    .max(256)
    .default([]),
  LoadCredential: z
    .array(z.tuple([Text, Text]))
    .max(256)
    .default([]),
  WorkingDirectory: Text.default(''),
  User: Text.default(''),
  Group: Text.default(''),
  DynamicUser: z.boolean().default(false),
  RootDirectory: Text.default(''),
  RootImage: Text.default(''),
  BindPaths: z.array(z.unknown()).default([]),
  BindReadOnlyPaths: z.array(z.unknown()).default([]),
  ExtensionImages: z.array(z.unknown()).default([]),
  MountImages: z.array(z.unknown()).default([]),
})
/** Properties of a unit that decide whether it can be stopped safely. Those that a systemd lacks have a default. */
export type UnitFacts = z.infer<typeof UnitFacts>

const Variant = z.record(z.string(), z.object({ data: z.unknown() }))

/** Null where this systemd cannot be asked over its bus (before 240): then nothing is known beforehand. */
export async function unitFacts(unit: string): Promise<UnitFacts | null> {
  const call = { object: unitObject(unit), method: 'org.freedesktop.DBus.Properties.GetAll' }
  const reply = await callManager(call, '')
  return reply === null ? null : parseFacts(reply[0])
}

/** The properties of one unit in busctl's JSON: `{"Name":{"type":…,"data":…}}`. */
export function parseFacts(properties: unknown): UnitFacts | null {
  const variants = Variant.safeParse(properties)
  if (!variants.success) return null
  const values = Object.fromEntries(Object.entries(variants.data).map(([name, { data }]) => [name, data]))
  const parsed = UnitFacts.safeParse(values)
  return parsed.success ? parsed.data : null
}
