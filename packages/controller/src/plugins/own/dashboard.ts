import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { API } from '@chaos-lite/shared/api'
import { fastifyStatic } from '@fastify/static'
import { fastifyPlugin } from 'fastify-plugin'

/** Serves the built dashboard, when there is one. It is public: it holds no data, and it must show the log-in page. */
export const dashboard = fastifyPlugin<{ folder: string }>(
  async (app, { folder }) => {
    const built = existsSync(join(folder, 'index.html'))
    if (!built) {
      app.get('/', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
        reply.type('text/plain').send('Chaos Lite runs. The dashboard was not built: run "pnpm build".\n'),
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
        if (path.startsWith(API.slice(1)) || path.startsWith('api/')) return reply.callNotFound()
        // Only below the folder: whether other files are there is nobody's business either.
        const isFile = /\.[a-z0-9]+$/i.test(path) && !path.split(/[\\/]/).includes('..')
        if (isFile && existsSync(join(folder, path))) return reply.sendFile(path, { maxAge: 0 })
        // The page finds its way by itself: every other address is the page.
        return reply.sendFile('index.html', { maxAge: 0 })
      },
    )
  },
  { name: 'dashboard' },
)
