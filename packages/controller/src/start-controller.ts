import type { Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { AGENT_PATH, ChaosError } from '@chaos-lite/shared'
import { listening } from './address.ts'
import { buildApp } from './app.ts'
import { compose } from './compose.ts'
import type { AppContext } from './context.ts'
import { takeDataFolder } from './data-folder.ts'
import type { AgentGateway } from './gateway/index.ts'
import { makeLog } from './log.ts'
import { openStore } from './open-store.ts'
import { type ControllerOptions, DEFAULT_DASHBOARD, DEFAULT_HOST, DEFAULT_PORT } from './options.ts'
import type { App } from './routes/index.ts'
import type { Store } from './store/index.ts'
import { openTls } from './tls/index.ts'

/** The setting that says that this controller has made an authority of its own. */
const AUTHORITY = 'tls-authority'

/** A controller that listens. Disposing it stops it gently; hosts roll themselves back when their leases lapse. */
export interface Controller extends AsyncDisposable {
  /** For browsers and the command line, such as `http://127.0.0.1:8321`. */
  readonly url: string
  /** For agents, such as `ws://127.0.0.1:8321/agent`. */
  readonly agentUrl: string
  readonly store: Store
  readonly gateway: AgentGateway
  readonly context: AppContext
  readonly app: App
  /** The certificate of the controller's own authority, for agents, browsers and the command line; null without one. */
  readonly caFile: string | null
  /** The one-time password of the user `admin`, while it was never changed. */
  readonly firstPassword: string | null
}

/**
 * Starts a controller. Throws ChaosErrors with sentences for people: a folder that cannot be written or is in use, a
 * port in use, an address that would need TLS.
 */
export async function startController(options: ControllerOptions): Promise<Controller> {
  const log = makeLog(options.logLevel ?? 'info')
  const stack = new AsyncDisposableStack()
  try {
    const data = takeDataFolder(options.dataFolder)
    stack.defer(() => data.release())
    // Before anything else is made here: a folder whose database was lost must not be taken for a new one.
    const store = await openStore(data, log, stack)
    const tls = await openTls(options, {
      was: async () => (await store.settings.get(AUTHORITY)) !== null,
      made: () => store.settings.setOnce(AUTHORITY, 'made'),
    })
    const context = await compose({ options, store, log, tls }, stack)
    const app = await buildApp({
      context,
      tls: tls?.first ?? null,
      dashboardFolder: options.dashboardFolder ?? DEFAULT_DASHBOARD,
    })
    stack.defer(() => app.close())
    if (tls) stack.defer(tls.keepFresh(app.server as unknown as Server, log))
    // Sockets first: the server does not stop while one is open.
    stack.defer(async () => void (await Promise.all([context.gateway.close(), context.live.close()])))
    // Before them, whatever would take their closing for a loss of hosts.
    stack.defer(async () => {
      context.address.closing = true
      await context.timetable.close()
      await context.runs.close()
    })
    const url = await listen(app, context, options, tls !== null)
    const owned = stack.move()
    return {
      url,
      agentUrl: `${url.replace(/^http/, 'ws')}${AGENT_PATH}`,
      ...{ store, gateway: context.gateway, context, app, caFile: tls?.caFile ?? null },
      firstPassword: context.auth.firstPassword,
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Listens, and only then takes up what an earlier controller left in the middle: its hosts must be able to come back. */
async function listen(app: App, context: AppContext, options: ControllerOptions, tls: boolean): Promise<string> {
  const { host = DEFAULT_HOST, port = DEFAULT_PORT } = options
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw cannotListen(cause, host, port)
  }
  const actual = app.server.address() as AddressInfo
  const { localUrl } = listening(context.address, { host, port: actual.port, tls })
  await context.runs.reconcile()
  await context.timetable.start()
  return localUrl
}

function cannotListen(cause: unknown, host: string, port: number): unknown {
  const code = (cause as NodeJS.ErrnoException).code
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} on ${host} is in use by another program (perhaps another controller). Stop it, or give another port with --port.`,
    EACCES: `This user may not listen on port ${port}. Give a port above 1023 with --port, or allow it.`,
    EADDRNOTAVAIL: `The address ${host} is not one of this machine's. Give another one with --host.`,
    ENOTFOUND: noAddress(host),
    EAI_AGAIN: noAddress(host),
  }
  const sentence = sentences[code ?? '']
  return sentence === undefined ? cause : new ChaosError('wrong-state', sentence, { cause })
}

function noAddress(host: string): string {
  return `"${host}" is no known address or name of this machine. Give an address such as 127.0.0.1 or 0.0.0.0 with --host.`
}
