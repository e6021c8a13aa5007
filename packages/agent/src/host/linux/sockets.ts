import { readFile } from 'node:fs/promises'

/** A TCP socket that listens, or is connected: then `remote` is the other end. */
export interface TcpSocket {
  readonly local: { readonly address: string; readonly port: number }
  readonly remote: { readonly address: string; readonly port: number } | null
  readonly inode: string
}

export interface ListeningSocket {
  readonly address: string
  readonly port: number
  readonly inode: string
}

/** Of `/proc/net/tcp` and `tcp6` (`man 5 proc_pid_net`): sockets in state LISTEN (0A) and ESTABLISHED (01). */
export async function tcpSockets(): Promise<readonly TcpSocket[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
  return tables.flatMap(parseTcp)
}

export async function listeningSockets(): Promise<readonly ListeningSocket[]> {
  return (await tcpSockets()).filter(({ remote }) => remote === null).map(listening)
}

export function parseSockets(table: string): readonly ListeningSocket[] {
  return parseTcp(table)
    .filter(({ remote }) => remote === null)
    .map(listening)
}

export function parseTcp(table: string): readonly TcpSocket[] {
  return table.split('\n').flatMap((row) => {
    const fields = row.trim().split(/\s+/)
    const local = endOf(fields[1])
    const remote = endOf(fields[2])
    const inode = fields[9]
    if (!local || !remote || !inode || !['0A', '01'].includes(fields[3] ?? '')) return []
    return [{ local, remote: fields[3] === '0A' ? null : remote, inode }]
  })
}

function listening({ local, inode }: TcpSocket): ListeningSocket {
  return { ...local, inode }
}

function endOf(field = ''): { address: string; port: number } | null {
  const [address, port] = field.split(':')
  return address && port ? { address: addressOf(address), port: Number.parseInt(port, 16) } : null
}

/** Each group of eight digits is a word in the byte order of the processor: little-endian on all that Node runs on. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse())
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  )
  // An IPv4 connection of a socket for both.
  if (groups.slice(0, 5).every((group) => group === '0') && groups[5] === 'ffff') return bytes.slice(12).join('.')
  return groups.every((group) => group === '0') ? '::' : groups.join(':')
}
