import * as z from 'zod'
import { HostOrAddress, hostQuestion, PATIENCE_MS, PatienceMs, Port } from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { type ConnectTimes, connectTo } from './connect.ts'
import { defineProbe } from './probe.ts'

const Params = z.strictObject({ host: HostOrAddress, port: Port, withinMs: PatienceMs.optional() })

/** Does a port accept a connection? Nothing is sent. */
export const tcpProbe = defineProbe({
  name: 'tcp',
  summary: 'Does a port of another machine accept a connection?',
  needs: [],
  params: Params,
  value: {
    connected: 'true when the connection was accepted',
    peerAddress: 'the address that accepted it, or null',
    dnsMs: 'time to resolve the name; null when host is an address, or when the name did not resolve',
    connectMs: 'time to open the TCP connection, or null when it was not opened',
    error: 'why not, such as ECONNREFUSED, or null',
  },
  expect: () => ({ connected: true }),
  asks: ({ host }) => [hostQuestion(host)],
  timeoutMs: ({ withinMs }) => withinMs ?? PATIENCE_MS,
  async look({ host, signal }, params) {
    const times: ConnectTimes = { dnsMs: null, connectMs: null }
    try {
      const { socket, peerAddress } = await connectTo(host, params, signal, times)
      socket.destroy()
      return { evaluated: true, message: null, value: { connected: true, peerAddress, ...times, error: null } }
    } catch (thrown) {
      if (signal.aborted) throw thrown
      const error = faultOf(thrown)
      return {
        evaluated: true,
        message: `${params.host} port ${params.port} did not accept a connection: ${error}`,
        value: { connected: false, peerAddress: null, ...times, error },
      }
    }
  },
})
