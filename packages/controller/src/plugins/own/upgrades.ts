import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { AGENT_PATH } from '@chaos-lite/shared'
import { LIVE_PATH } from '@chaos-lite/shared/api'
import { fastifyPlugin } from 'fastify-plugin'
import type { AppContext } from '../../context.ts'
import { refuseUpgrade } from '../../gateway/index.ts'
import { websocket } from '../external/websocket.ts'

/**
 * Sends WebSocket upgrades where they belong: agents to the gateway, watchers to their route. The plugin would upgrade a
 * request for any route, so it hears of no others.
 */
export const upgrades = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    const watchers = new EventEmitter()
    await app.register(websocket, { server: watchers })
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const path = request.url?.split('?')[0]
      if (path === AGENT_PATH) context.gateway.handleUpgrade(request, socket, head)
      else if (path === LIVE_PATH) watchers.emit('upgrade', request, socket, head)
      else refuseUpgrade(socket, 404, 'There is nothing here.')
    })
  },
  { name: 'upgrades' },
)
