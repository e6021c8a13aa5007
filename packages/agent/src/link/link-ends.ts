import { type Environment, linkAddress, proxyFor } from '../net/index.ts'

/** The machines that the link leads to: the controller, and the proxy where one is on the way. Never throws. */
export function linkEnds(
  controllerUrl: string,
  environment?: Environment,
): readonly { readonly host: string; readonly port: number }[] {
  try {
    const { url, loopback } = linkAddress(controllerUrl)
    const link = new URL(url)
    const proxy = loopback ? null : proxyFor(link, environment)
    return [endOf(link), ...(proxy === null ? [] : [endOf(new URL(proxy))])]
  } catch {
    return []
  }
}

const usualPorts: Readonly<Record<string, number>> = { 'wss:': 443, 'https:': 443 }

function endOf({ protocol, hostname, port }: URL) {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (usualPorts[protocol] ?? 80) : Number(port) }
}
