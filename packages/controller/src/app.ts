import { fastify } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { AppContext } from './context.ts'
import {
  access,
  costs,
  dashboard,
  errors,
  helmet,
  jsonBodies,
  rateLimit,
  session,
  swagger,
  upgrades,
} from './plugins/index.ts'
import type { App } from './routes/index.ts'
import { endpoints } from './routes/index.ts'

/** No request of ours is larger: a drill's text is the largest. */
const BODY_BYTES = 512 * 1024

/** Who connects and asks nothing is not kept: looked for every two seconds. */
const SILENT = { headersTimeout: 10_000, connectionsCheckingInterval: 2_000 } as const

/** What the HTTP server is made of, besides what its routes work with. */
export interface AppOptions {
  readonly context: AppContext
  /** The built dashboard. */
  readonly dashboardFolder: string
  /** PEM texts; null: plain HTTP, which only loopback may use. */
  readonly tls: { readonly cert: string; readonly key: string } | null
}

/** Puts the HTTP side together, room by room. It does not listen: tests call `inject`. */
export async function buildApp({ context, dashboardFolder, tls }: AppOptions): Promise<App> {
  const app = makeServer(context, tls)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  await app.register(errors)
  await app.register(jsonBodies)
  await app.register(helmet, { context })
  await app.register(rateLimit, { context })
  await app.register(session, { context })
  await app.register(swagger)
  await app.register(access, { context })
  await app.register(costs, { context })
  await app.register(upgrades, { context })
  for (const endpoint of endpoints) endpoint(app, context)
  await app.register(dashboard, { folder: dashboardFolder })
  await app.ready()
  return app
}

function makeServer(context: AppContext, tls: AppOptions['tls']): App {
  const options = {
    loggerInstance: context.log,
    bodyLimit: BODY_BYTES,
    trustProxy: context.whoAsks.trusts,
    requestTimeout: 30_000,
    // Sockets of browsers that went to sleep must not keep a stopping controller alive.
    forceCloseConnections: true,
    return503OnClosing: true,
  } as const
  const server = tls
    ? fastify({ ...options, https: { ...SILENT, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 10_000 } })
    : fastify({ ...options, http: SILENT })
  // Both kinds of server have all that we use of them; the types differ in the socket only.
  return server.withTypeProvider<ZodTypeProvider>() as unknown as App
}
