import { line } from '@chaos-lite/shared'
import * as z from 'zod'

const RangeText = z.string().max(64)
const PortNumber = z.int().min(1).max(65_535)

/**
 * Traffic that is stopped for a while, by rules of our own that carry the record's name. Everything is absolute: the
 * same table is distinguished from what others did to it after a crash as well.
 */
export const FilterTable = z.strictObject({
  /** Names the rules' table; nobody else can have had it before. */
  name: z.string().regex(/^chaos_lite_[0-9a-z]{1,40}$/),
  /** Canonical addresses and ranges, none of them inside another. */
  addresses: z.array(RangeText).min(1).max(256),
  /** Let through although they lie in `addresses`. */
  except: z.array(RangeText).max(256),
  /** Empty: all traffic, whatever its protocol. */
  ports: z.array(PortNumber).max(64),
  protocols: z.array(z.enum(['tcp', 'udp'])).max(2),
  /** `out`: what this host sends to them; `in`: what they send to this host; `through`: what it only forwards. */
  directions: z
    .array(z.enum(['out', 'in', 'through']))
    .min(1)
    .max(3),
  admit: z.strictObject({
    /** The way to the controller, where the traffic to these ports stays open. */
    links: z.array(z.strictObject({ address: line(45), port: PortNumber })).max(64),
    /** Where this host's own SSH server listens. */
    sshPorts: z.array(PortNumber).max(32),
    /** Where people from other machines are connected to this host, beside `sshPorts`. */
    sessionPorts: z.array(PortNumber).max(32).optional(),
  }),
})
export type FilterTable = z.infer<typeof FilterTable>

/** Which way packets go, as this host sees it; `through`: it forwards them. */
export type Direction = FilterTable['directions'][number]

/** How a table stands. */
export interface FilterStanding {
  /**
   * `absent`: there is nothing of that name. `whole`: exactly as added. `lifted`: the kernel's own limit has passed and
   * nothing is stopped any more. `changed`: somebody else took away or changed a part of it.
   */
  readonly state: 'absent' | 'whole' | 'lifted' | 'changed'
  /** Is every rule and address of ours in it, whatever else is? Then it still stops what it should. */
  readonly stops: boolean
  /** What somebody else put into it, in words. */
  readonly foreign: readonly string[]
}

/** The packet filter of the kernel. What others set up in it is neither read nor changed. */
export interface PacketFilter {
  standing(table: FilterTable): Promise<FilterStanding>
  /** Adds it in one step, all or nothing; the kernel itself lifts it after `openAfterMs` if nobody else does. */
  add(table: FilterTable, openAfterMs: number): Promise<void>
  /** Takes ours away and leaves what somebody else put into it. Doing it twice is doing it once. */
  remove(table: FilterTable): Promise<void>
}
