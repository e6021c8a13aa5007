import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fastifyStatic } from '@fastify/static'
import { fastifyPlugin } from 'fastify-plugin'

/** The addresses of the page, as in the dashboard's own list. A run, a host and a drill have one each: any name below. */
const PAGES = /^(?:(?:runs|hosts|drills)(?:\/[^/]+)?|schedules|webhooks)?\/?$/

/** Serves the built dashboard, when there is one. It is public: it holds no data, and it must show the log-in page. */
export const dashboard = fastifyPlugin<{ folder: string }>(
  async (app, { folder }) => {
    const built = existsSync(join(folder, 'index.html'))
    if (!built) {
      app.get('/', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
        reply.type('text/plain').send('Chaos Lite runs. The dashboard was not built: run "npm run build".\n'),
      )
      return
    }
    // The build left copies in brotli and gzip beside each text; compressing while it is asked for would cost the event loop.
    await app.register(fastifyStatic, { root: folder, serve: false, preCompressed: true })
    app.get<{ Params: { '*': string } }>(
      '/*',
      { config: { access: 'public' }, schema: { hide: true } },
      (request, reply) => {
        const path = request.params['*']
        // Files under assets/ carry a digest in their names; everything else may change with the next version.
        if (path.startsWith('assets/')) return reply.sendFile(path, { maxAge: '365d', immutable: true })
        // Only below the folder: whether other files are there is nobody's business either.
        const isFile = /\.[a-z0-9]+$/i.test(path) && !path.split(/[\\/]/).includes('..')
        if (isFile && existsSync(join(folder, path))) return reply.sendFile(path, { maxAge: 0 })
        if (PAGES.test(path)) return reply.sendFile('index.html', { maxAge: 0 })
        // Whoever follows a wrong link in a browser learns it from the page itself; a program must not take it for its file.
        if (isFile || path.startsWith('api/') || !opensPage(request.headers.accept)) return reply.callNotFound()
        return reply.code(404).sendFile('index.html', { maxAge: 0 })
      },
    )
  },
  { name: 'dashboard' },
)

/** Is this a browser that opens a page? Programs ask for anything, or for something else. */
function opensPage(accept: string | undefined): boolean {
  return accept?.includes('text/html') ?? false
}
