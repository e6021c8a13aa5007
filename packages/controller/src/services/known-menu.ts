import { builtInMenu, type Menu, type MenuItem } from '@chaos-lite/shared'
import type { Gateway } from '../gateway/index.ts'

/** Forms of one name that are looked at: as many versions of the agent no company runs at once. */
const MOST_FORMS = 8

/**
 * Everything that any host with a link offers to do; null while none has reported. Where hosts report different things of one
 * name, each form is there, the most frequent first, and always our own: a host can say what it likes about itself, but
 * not make a mistake of what others take.
 */
export function knownMenu(gateway: Pick<Gateway, 'online' | 'inventory'>): Menu | null {
  const menus = gateway.online().flatMap((hostId) => gateway.inventory(hostId)?.menu ?? [])
  if (menus.length === 0) return null
  if (menus.length === last.menus.length && menus.every((menu, index) => menu === last.menus[index])) return last.known
  const known = {
    actions: merged(menus, (menu) => menu.actions),
    probes: merged(menus, (menu) => menu.probes),
    exercises: merged(menus, (menu) => menu.exercises),
  }
  last = { menus, known }
  return known
}

/** As long as no host comes, goes or reports another menu, the answer is the same. */
let last: { readonly menus: readonly Menu[]; readonly known: Menu | null } = { menus: [], known: null }

interface Form {
  readonly item: MenuItem
  hosts: number
}

function merged(menus: readonly Menu[], pick: (menu: Menu) => readonly MenuItem[]): MenuItem[] {
  const names = new Map<string, Map<string, Form>>()
  for (const item of menus.flatMap(pick)) {
    const forms = names.get(item.name) ?? new Map<string, Form>()
    names.set(item.name, forms)
    const text = textOf(item)
    const form = forms.get(text) ?? { item, hosts: 0 }
    form.hosts += 1
    forms.set(text, form)
  }
  return [...names].flatMap(([name, forms]) => {
    const frequent = [...forms].sort(([, a], [, b]) => b.hosts - a.hosts).slice(0, MOST_FORMS)
    const own = pick(builtInMenu).find((item) => item.name === name)
    const lacking = own === undefined || frequent.some(([text]) => text === textOf(own)) ? [] : [own]
    return [...frequent.map(([, { item }]) => item), ...lacking]
  })
}

/** A host's menu stays the same object until the host reports another one: its items are written out once. */
const texts = new WeakMap<MenuItem, string>()

function textOf(item: MenuItem): string {
  const known = texts.get(item)
  if (known !== undefined) return known
  const text = JSON.stringify([item.params, item.value])
  texts.set(item, text)
  return text
}

/**
 * What a drill is checked against: what hosts offer, and of what none of them has reported, our own, as `drill validate`
 * does without a controller. The same object as long as the hosts report the same.
 */
export function checkedMenu(known: Menu | null): Menu {
  if (known === null) return builtInMenu
  const before = checked.get(known)
  if (before !== undefined) return before
  const all = (pick: (menu: Menu) => readonly MenuItem[]): MenuItem[] => {
    const offered = new Set(pick(known).map(({ name }) => name))
    return [...pick(known), ...pick(builtInMenu).filter(({ name }) => !offered.has(name))]
  }
  const menu = {
    actions: all((one) => one.actions),
    probes: all((one) => one.probes),
    exercises: all((one) => one.exercises),
  }
  checked.set(known, menu)
  return menu
}

const checked = new WeakMap<Menu, Menu>()
