import type { Agent } from 'node:http'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { type Environment, proxyFor } from './proxy-for.ts'

export { proxyFor } from './proxy-for.ts'

/** The agent that tunnels through the proxy (CONNECT), or null where none is wanted. TLS is ours from end to end. */
export function proxyAgent(address: URL, environment?: Environment): Agent | null {
  const proxy = proxyFor(address, environment)
  return proxy ? (new HttpsProxyAgent(proxy) as unknown as Agent) : null
}
