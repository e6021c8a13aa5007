/** All that we write carries the record's id, which nobody could have written before. */
function marks(recordId: string) {
  return {
    begin: `# BEGIN chaos-lite ${recordId}`,
    end: `# END chaos-lite ${recordId}`,
    hides: `# chaos-lite ${recordId} hides: `,
  }
}

const serverLine = (address: string) => `nameserver ${address}`
const isServer = (row: string) => /^nameserver(?:[ \t]|$)/.test(row)

/**
 * A resolv.conf(5) that asks these name servers only: they come in a marked block at the beginning, and lines that name
 * others are hidden behind a marked comment. A server's own line carries no comment, because the C library would not
 * read it. Bytes are read as latin1: what is not ours stays bit by bit.
 */
export function withServers(before: Uint8Array, recordId: string, servers: readonly string[]): Buffer {
  const { begin, end, hides } = marks(recordId)
  const rest = textOf(before)
    .split('\n')
    .map((row) => (isServer(row) ? `${hides}${row}` : row))
  return Buffer.from([begin, ...servers.map(serverLine), end, ...rest].join('\n'), 'latin1')
}

/** The file with only our part taken out and hidden lines shown again; null where nothing of ours is in it. */
export function withoutServers(bytes: Uint8Array, recordId: string, servers: readonly string[]): Buffer | null {
  const { begin, end, hides } = marks(recordId)
  const ours = new Set(servers.map(serverLine))
  let inside = false
  let found = false
  const left: string[] = []
  for (const row of textOf(bytes).split('\n')) {
    const isMark = row === begin || row === end
    if (isMark) inside = row === begin
    const isOurs = isMark || (inside && ours.has(row))
    found ||= isOurs || row.startsWith(hides)
    if (!isOurs) left.push(row.startsWith(hides) ? row.slice(hides.length) : row)
  }
  return found ? Buffer.from(left.join('\n'), 'latin1') : null
}

/** The name servers of a resolv.conf(5), in order, as they stand there. */
export function serversOf(bytes: Uint8Array): readonly string[] {
  return textOf(bytes)
    .split('\n')
    .filter(isServer)
    .flatMap((row) => row.split(/[ \t]+/)[1] ?? [])
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
