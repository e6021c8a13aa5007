import { type Inventory, type Labels, labelPairs } from '@chaos-lite/shared'

type Seen = Pick<Inventory, 'os' | 'addresses' | 'journal'> | null

/** What a host is found by, in lower case: its name, its labels as people type them, its system, its addresses. */
export function searchText(host: { readonly name: string; readonly labels: Labels; readonly inventory: Seen }): string {
  const labels = labelPairs(host.labels).map(([name, value]) => `${name}:${value} ${name}=${value}`)
  return [host.name, ...labels, host.inventory?.os ?? '', ...(host.inventory?.addresses ?? [])].join(' ').toLowerCase()
}

/** A person must act: a change is stuck, or the undo journal cannot be read. */
export function isTrouble(inventory: Seen): boolean {
  return inventory !== null && (!inventory.journal.readable || inventory.journal.stuck > 0)
}

/** The words of a search, in lower case: they must all be found. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS)
}

/** Are all these words in the text, whatever its case? */
export function holdsAll(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase()
  return words.every((word) => lower.includes(word))
}

/** The same as patterns for LIKE on a text in lower case; `\\` escapes what LIKE would take for a wildcard. */
export function wordPatterns(text: string): string[] {
  return wordsOf(text).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`)
}

const MOST_WORDS = 8
