import { realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import type { UnitFacts } from '../../guards.ts'
import type { SocketEnd } from '../../process.ts'

/** What `systemctl show` is asked for. */
export const factProperties = ['Id', 'Names', 'ExecStart', 'Triggers', 'TriggeredBy', 'Listen', 'Accept'] as const

/** Programs that only start another one, which their arguments name. */
const wrappers =
  /^(?:sh|bash|dash|ash|zsh|ksh|env|nice|ionice|chrt|taskset|setsid|nohup|setpriv|runuser|su|sudo|chroot|unshare|nsenter|ip|timeout|stdbuf|systemd-cat|catatonit|tini|dumb-init|numactl|exec)$/

type Block = ReadonlyMap<string, readonly string[]>

/** The blocks of `systemctl show A B C`; a property may come in several lines. */
export function showBlocks(stdout: string): readonly Block[] {
  return stdout
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const fields = new Map<string, string[]>()
      for (const row of block.split('\n')) {
        const sign = row.indexOf('=')
        if (sign > 0) fields.set(row.slice(0, sign), [...(fields.get(row.slice(0, sign)) ?? []), row.slice(sign + 1)])
      }
      return fields
    })
}

/** What a block of `systemctl show` says of one unit, programs also by the paths that they really have. */
export async function unitFacts(block: Block): Promise<UnitFacts> {
  const words = (key: string) =>
    (block.get(key) ?? []).flatMap((value) => value.split(' ').filter((word) => word !== ''))
  const name = block.get('Id')?.[0] ?? ''
  const named = (block.get('ExecStart') ?? []).flatMap(programsIn)
  const real = await Promise.all(named.map((path) => realpath(path).catch(() => path)))
  const template = block.get('Accept')?.[0] === 'yes' ? [name.replace(/\.socket$/, '@chaos-lite-asks.service')] : []
  return {
    name,
    names: [...new Set([name, ...words('Names')])],
    programs: [...new Set([...named, ...real])],
    triggeredBy: words('TriggeredBy'),
    triggers: [...new Set([...words('Triggers'), ...template])],
    listens: (block.get('Listen') ?? []).flatMap(listenEnds),
  }
}

/** `{ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D ; ignore_errors=no … }`, once or more. */
function programsIn(value: string): readonly string[] {
  return [...value.matchAll(/\{ path=(.*?) ; argv\[\]=(.*?) ; ignore_errors=/g)].flatMap(([, path = '', argv = '']) => {
    const words = argv.split(/[\s'"=;&|]+/).filter((word) => word.startsWith('/'))
    return wrappers.test(basename(path)) ? [path, ...words] : [path]
  })
}

/** `[::]:22 (Stream)`, `0.0.0.0:2222 (Stream)`; other kinds of sockets are no TCP ports. */
function listenEnds(value: string): readonly SocketEnd[] {
  return [...value.matchAll(/(\S+):(\d{1,5}) \(Stream\)/g)].map(([, address = '', port = '']) => ({
    address: address.replace(/^\[|\]$/g, ''),
    port: Number(port),
  }))
}
