import type { Menu, MenuItem } from '@chaos-lite/shared'
import type { Gateway } from '../gateway/gateway.ts'

/** Everything that any host with a link offers to do; null while none has told. */
export function knownMenu(gateway: Gateway): Menu | null {
  const menus = gateway.online().flatMap((hostId) => gateway.inventory(hostId)?.menu ?? [])
  if (menus.length === 0) return null
  const merged = (pick: (menu: Menu) => readonly MenuItem[]) => [
    ...new Map(menus.flatMap((menu) => pick(menu).map((item) => [item.name, item] as const))).values(),
  ]
  return {
    actions: merged((menu) => menu.actions),
    probes: merged((menu) => menu.probes),
    exercises: merged((menu) => menu.exercises),
  }
}
