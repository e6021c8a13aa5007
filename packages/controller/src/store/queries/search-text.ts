import type { Inventory, Labels } from '@chaos-lite/shared'

type Seen = Pick<Inventory, 'os' | 'addresses' | 'journal'> | null

/** What a host is found by, in lower case: its name, its labels as people type them, its system, its addresses. */
export function searchText(host: { readonly name: string; readonly labels: Labels; readonly inventory: Seen }): string {
  const labels = Object.entries(host.labels).map(([name, value]) => `${name}:${value} ${name}=${value}`)
  return [host.name, ...labels, host.inventory?.os ?? '', ...(host.inventory?.addresses ?? [])].join(' ').toLowerCase()
}

/** A person must act: a change is stuck, or the undo journal cannot be read. */
export function isTrouble(inventory: Seen): boolean {
  return inventory !== null && (!inventory.journal.readable || inventory.journal.stuck > 0)
}

/** Words that must all be found, as patterns for LIKE; `\\` escapes what LIKE would take for a wildcard. */
export function wordPatterns(text: string): string[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
  return words.map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
}

const MOST_WORDS = 8
