import { line } from '@chaos-lite/shared'
import * as z from 'zod'

/** What belongs to one network interface, as it was: absolute values. */
export const InterfaceImage = z.strictObject({
  name: z.string().max(15),
  /** Tells it from another one that took its name; only within one boot. */
  index: z.int().min(1),
  bootId: line(64),
  /** One line each, such as `inet 192.0.2.7/24 scope global`. */
  addresses: z.array(line(300)).max(256),
  /** One line of JSON each, in the order of their text. */
  routes: z.array(line(500)).max(512),
  /** IPv6 addresses that were set by hand: the kernel drops them with the interface. */
  fixed6: z.array(line(64)).max(256),
})
export type InterfaceImage = z.infer<typeof InterfaceImage>

/** A network interface as it is now. */
export interface Interface {
  readonly name: string
  readonly index: number
  /** Did somebody switch it on (whatever the cable says)? */
  readonly up: boolean
  readonly loopback: boolean
  /** The bridge or bond that it belongs to. */
  readonly master: string | null
  /** The interface that it stands on, as a VLAN does. */
  readonly on: string | null
  readonly addresses: readonly string[]
  /** Is it a tunnel through another interface (WireGuard, TUN, PPP …)? */
  readonly tunnel?: boolean
  /** Bare addresses, without their prefix. */
  readonly bare: readonly string[]
}

/** The interfaces of this host, and the ways that lead through them. */
export interface Network {
  list(): Promise<readonly Interface[]>
  /** The interface by which this host would send to that address; null where there is no way. */
  wayTo(address: string): Promise<string | null>
  /** Only reads. Throws `not-there`, or `cannot-restore` where a route has something that could not be set again. */
  image(name: string, bootId: string): Promise<InterfaceImage>
  /** Addresses and routes as they are now, in the form of an image. */
  now(name: string): Promise<Pick<InterfaceImage, 'addresses' | 'routes'>>
  takeDown(name: string): Promise<void>
  bringUp(name: string): Promise<void>
  /** Sets again what the kernel dropped with the interface; what is there already stays as it is. */
  setAgain(image: InterfaceImage): Promise<void>
}
