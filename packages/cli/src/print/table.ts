import Table from 'cli-table3'

/** A plain table without borders: readable aloud, easy to paste into a mail. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const edges = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
  const lines = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']
  const chars = Object.fromEntries([...edges, ...lines].map((name) => [name, '']))
  const style = { 'padding-left': 0, 'padding-right': 0, head: [], border: [] }
  const table = new Table({ head: [...head], chars: { ...chars, middle: '  ' }, style })
  for (const row of rows) table.push([...row])
  return table
    .toString()
    .split('\n')
    .map((text) => text.trimEnd())
    .join('\n')
}
