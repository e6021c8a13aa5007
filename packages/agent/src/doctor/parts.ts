const LINK = 'chaos-lite-link.service'
const SOCKET = 'chaos-lite-agent.socket'
const ROOT_PART = 'chaos-lite-agent.service'
const TOOL_MS = 10_000

/** All that is asked of a host here. */
interface Asked {
  run(
    argv: readonly [string, ...string[]],
    options: { timeoutMs: number },
  ): Promise<{ readonly code: number | null; readonly stdout: string }>
}

/** How the parts of an installed agent stand. */
export interface Parts {
  readonly connected: boolean
  readonly text: string
}

/** Asks systemd for the agent's units (`systemctl show`, properties one to a line); null where they are not installed. */
export async function lookAtParts(host: Asked): Promise<Parts | null> {
  const properties = '--property=Id,LoadState,ActiveState,SubState,User'
  const shown = await host
    .run(['systemctl', 'show', properties, LINK, SOCKET, ROOT_PART], { timeoutMs: TOOL_MS })
    .catch(() => ({ code: null, stdout: '' }))
  if (shown.code !== 0) return null
  const units = shown.stdout.split(/\n\n+/).map((block) => new Map(block.split('\n').map(split)))
  const of = (unit: string) => units.find((one) => one.get('Id') === unit) ?? new Map<string, string>()
  const [link, socket, root] = [of(LINK), of(SOCKET), of(ROOT_PART)]
  if (link.get('LoadState') !== 'loaded') return null
  const stopped = [link, socket].find((unit) => unit.get('ActiveState') !== 'active')
  if (stopped !== undefined) {
    const state = `${stopped.get('ActiveState')} (${stopped.get('SubState')})`
    return { connected: false, text: `${stopped.get('Id')} is ${state}: systemctl start ${ROOT_PART}` }
  }
  const user = link.get('User')
  if (user === '' || user === 'root' || user === undefined) {
    return { connected: false, text: `${LINK} runs as root; it must not: run the installer again` }
  }
  const rests = root.get('ActiveState') === 'active' ? 'is at work' : 'rests until it is needed'
  return { connected: true, text: `held by ${LINK} as ${user}; the part that may change this host ${rests}` }
}

function split(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at), line.slice(at + 1)]
}
