import { AGENT_PATH, ChaosError } from '@chaos-lite/shared/plain'

/** Where the link goes, and whether the way there is the machine itself. */
export interface LinkAddress {
  /** `wss://…/agent`, or `ws://` where the controller runs on this very machine. */
  readonly url: string
  readonly loopback: boolean
}

const schemes: Readonly<Record<string, 'ws' | 'wss'>> = { 'ws:': 'ws', 'http:': 'ws', 'wss:': 'wss', 'https:': 'wss' }

/**
 * The agents' address of a controller, from what a person types (`https://chaos.example.test`, `ws://127.0.0.1:8321`).
 * Without TLS only the loopback addresses are accepted. `localhost` is taken as 127.0.0.1, because a hosts file (which drills change)
 * could send the name elsewhere.
 */
export function linkAddress(controllerUrl: string): LinkAddress {
  const refuse = (why: string): never => {
    throw new ChaosError(
      'param-invalid',
      `The controller's address ${JSON.stringify(controllerUrl.slice(0, 200))} ${why}. Give it as https://name[:port].`,
    )
  }
  if (!URL.canParse(controllerUrl)) return refuse('is not a web address')
  const url = new URL(controllerUrl)
  const scheme = schemes[url.protocol] ?? refuse('is neither https:// nor wss://')
  if (url.username || url.password || url.search || url.hash) {
    return refuse('must carry no user name, password, query or fragment')
  }
  const name = url.hostname.replace(/\.$/, '')
  const loopback = name === 'localhost' || name === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)
  if (scheme === 'ws' && !loopback) return refuse('would be reached without TLS, which only 127.0.0.1 and ::1 may')
  const host = scheme === 'ws' && name === 'localhost' ? '127.0.0.1' : url.hostname
  const port = url.port ? `:${url.port}` : ''
  return { url: `${scheme}://${host}${port}${url.pathname.replace(/\/+$/, '')}${AGENT_PATH}`, loopback }
}
