import { readFile } from 'node:fs/promises'

export interface ListeningSocket {
  readonly address: string
  readonly port: number
  readonly inode: string
}

/** Sockets in state LISTEN (0A) of `/proc/net/tcp` and `tcp6` (`man 5 proc_pid_net`). */
export async function listeningSockets(): Promise<readonly ListeningSocket[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  return tables.flatMap(parseSockets)
}

export function parseSockets(table: string): readonly ListeningSocket[] {
  return table.split('\n').flatMap((row) => {
    const fields = row.trim().split(/\s+/)
    const [address, port] = (fields[1] ?? '').split(':')
    const inode = fields[9]
    if (fields[3] !== '0A' || !address || !port || !inode) return []
    return [{ address: addressOf(address), port: Number.parseInt(port, 16), inode }]
  })
}

/** Each group of eight digits is a word in the byte order of the processor: little-endian on all that Node runs on. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  return groups.every((group) => group === '0') ? '::' : groups.join(':')
}
