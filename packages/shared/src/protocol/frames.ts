import * as z from 'zod'
import { Menu, Offer } from '../catalogue/index.ts'
import { Labels } from '../labels.ts'
import { HostId, line, Ms, Name, Ulid, UtcMs } from '../primitives.ts'
import { FACT_MAX_BYTES, ProbeStatus, ProbeValue } from '../run/index.ts'
import { Answer } from './command.ts'
import { Extensions } from './extensions.ts'
import { Hardware } from './hardware.ts'

/** 32 random bytes, hexadecimal. */
export const Nonce = z.string().regex(/^[0-9a-f]{64}$/)
/** An Ed25519 signature (RFC 8032), base64. */
export const Signature = z.string().regex(/^[A-Za-z0-9+/]{86}==$/)
/** An Ed25519 public key: the raw 32 bytes, base64. */
export const PublicKey = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)
/** An X25519 public key (RFC 7748) of one connection: the raw 32 bytes, base64. */
export const Agreement = PublicKey
/** A process start of one agent or controller: 16 random bytes, hexadecimal. */
export const Epoch = z.string().regex(/^[0-9a-f]{32}$/)

/** Where an acknowledged stream of facts stands. */
export const Cursor = z.strictObject({ epoch: Epoch, seq: z.int().min(0) })
export type Cursor = z.infer<typeof Cursor>

/**
 * In a welcome: this controller was restored from a backup, and knows nothing of the epoch that the agent named. The agent
 * offers everything again that it has kept. Epochs are random, so that none is this one; an older agent knows no such
 * epoch, and ignores it.
 */
export const NOTHING_KNOWN: Cursor = { epoch: '0'.repeat(32), seq: 0 }

/** State of a host: the latest one wins. Every string is bounded and printable, because agents are not trusted. */
export const Inventory = z.strictObject({
  hostname: line(253),
  os: line(128),
  /** `linux`, `win32` or `simulated`; open, as abilities are. */
  platform: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/),
  kernel: line(128),
  arch: line(32),
  cpus: z.int().min(0),
  memoryBytes: z.int().min(0),
  agentVersion: line(64),
  addresses: z.array(line(64)).max(64),
  labels: Labels,
  menu: Menu,
  offers: z.array(Offer).max(300),
  journal: z.strictObject({ readable: z.boolean(), open: z.int().min(0), stuck: z.int().min(0) }),
  bootId: line(64),
  policy: z.strictObject({ present: z.boolean(), digest: line(80).nullable(), warnings: z.array(line(512)).max(50) }),
})
export type Inventory = z.infer<typeof Inventory>

/** Agent to controller. `enrol` and `hello` are the only two that an unproved connection may send. */
export const AgentFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enrol'),
    token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    publicKey: PublicKey,
    hostname: line(253),
    labels: Labels,
  }),
  z.strictObject({
    type: z.literal('hello'),
    hostId: HostId,
    epoch: Epoch,
    nonce: Nonce,
    agreement: Agreement,
    version: line(64).describe(
      'Of the agent; behind a plus sign, the extensions that it can send: see the page on the protocol',
    ),
  }),
  z.strictObject({ type: z.literal('proof'), signature: Signature }),
  z.strictObject({ type: z.literal('inventory'), inventory: Inventory }),
  z.strictObject({ type: z.literal('hardware'), hardware: Hardware }),
  z.strictObject({
    type: z.literal('facts'),
    lines: z.array(z.string().max(FACT_MAX_BYTES)).min(1).max(500),
  }),
  z.strictObject({
    type: z.literal('sample'),
    runId: Ulid,
    probeId: Name,
    monoMs: z.int().min(0),
    tookMs: Ms,
    status: ProbeStatus,
    value: ProbeValue,
  }),
  z.strictObject({
    type: z.literal('lease'),
    runId: Ulid,
    ask: z.int().min(1).describe('Rises with each one: the answer names it, and counts from when it was asked'),
  }),
  z.strictObject({ type: z.literal('answer'), commandId: Ulid, answer: Answer }),
  z.strictObject({
    type: z.literal('clock'),
    id: z.int().min(0),
    bootId: line(64),
    receivedMonoMs: z.number().min(0),
    sentMonoMs: z.number().min(0),
    wallMs: UtcMs,
  }),
])
export type AgentFrame = z.infer<typeof AgentFrame>

/** Controller to agent. */
export const ControllerFrame = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enrolled'),
    hostId: HostId,
    controllerKey: PublicKey,
    approved: z.boolean(),
  }),
  z.strictObject({ type: z.literal('challenge'), nonce: Nonce, agreement: Agreement, signature: Signature }),
  z.strictObject({
    type: z.literal('welcome'),
    session: Nonce,
    cursor: Cursor.nullable(),
    leaseTtlMs: Ms,
    extensions: Extensions.optional().describe('Those extensions of the hello that the controller understands'),
  }),
  z.strictObject({ type: z.literal('pending'), message: line(300) }),
  z.strictObject({ type: z.literal('ack'), cursor: Cursor }),
  z.strictObject({
    type: z.literal('command'),
    payload: z.string().max(200_000).describe('A Command as JSON text: the exact bytes that were signed'),
    signature: Signature,
  }),
  z.strictObject({
    type: z.literal('lease'),
    runId: Ulid,
    ask: z.int().min(1).describe('Which question of the agent this answers'),
    ttlMs: Ms.max(120_000).describe('Good for so long, counted by the agent from when it asked'),
  }),
  z.strictObject({ type: z.literal('clock'), id: z.int().min(0) }),
  z.strictObject({ type: z.literal('watch'), runId: Ulid, on: z.boolean() }),
  z.strictObject({
    type: z.literal('notice'),
    message: line(300).describe("For the agent's log and its doctor; such as: a second agent tried to use this key"),
  }),
])
export type ControllerFrame = z.infer<typeof ControllerFrame>
