import { readFile } from 'node:fs/promises'
import { addressOfBytes } from '@chaos-lite/shared/address'

/** A TCP socket that listens, or is connected: then `remote` is the other end. */
export interface TcpSocket {
  readonly local: { readonly address: string; readonly port: number }
  /** Null: it listens. */
  readonly remote: { readonly address: string; readonly port: number } | null
  readonly inode: string
}

/** A TCP socket that listens. By `inode` its processes are found (`socket:[…]` in /proc/PID/fd). */
export interface ListeningSocket {
  readonly address: string
  readonly port: number
  readonly inode: string
}

/** Of `/proc/net/tcp` and `tcp6` (`man 5 proc_pid_net`): sockets in state LISTEN (0A) and ESTABLISHED (01). */
export async function tcpSockets(): Promise<readonly TcpSocket[]> {
  return (await tables()).flatMap(parseTcp)
}

/**
 * Those of this network namespace, over IPv4 and IPv6. Without IPv6, the table of that is absent and counts as empty.
 */
export async function listeningSockets(): Promise<readonly ListeningSocket[]> {
  return (await tables()).flatMap(parseSockets)
}

function tables(): Promise<readonly string[]> {
  return Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')))
}

/** The listening ones of a table. */
export function parseSockets(table: string): readonly ListeningSocket[] {
  return parseTcp(table)
    .filter(({ remote }) => remote === null)
    .map(listening)
}

/** Reads /proc/net/tcp and tcp6 (proc_pid_net(5)): listening sockets (state 0A) and connections (01), no others. */
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
  // Of a socket for both families, an address of IPv4 is read as one.
  return addressOfBytes(bytes).toString()
}
