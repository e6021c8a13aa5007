import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Controller } from '@chaos-lite/controller'
import type { SourcedFact } from '@chaos-lite/shared'
import { LIVE_PATH, LiveFrame } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { WebSocket } from 'ws'
import { monoMs } from '../statistics.ts'

/** Watches a run like the command line does, and says for each live fact when it was there to be shown. */
export async function watch(
  controller: Controller,
  runId: string,
  onFact: (fact: SourcedFact, seenMonoMs: number) => void,
): Promise<Disposable> {
  const url = `${controller.url.replace(/^http/, 'ws')}${LIVE_PATH}`
  const headers = { authorization: `Bearer ${await token(controller)}` }
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  await once(socket, 'open')
  const begun = Promise.withResolvers<void>()
  socket.on('message', (data: Buffer) => {
    const frame = LiveFrame.parse(JSON.parse(data.toString('utf8')))
    if (frame.type === 'backlog' && frame.complete) begun.resolve()
    if (frame.type === 'fact') onFact(frame.fact, monoMs())
  })
  socket.send(JSON.stringify({ type: 'watch', runId }))
  await begun.promise
  return { [Symbol.dispose]: () => socket.terminate() }
}

async function token({ context, store }: Controller): Promise<string> {
  const { clientId } = await store.clients.first()
  const user = {
    ...{ userId: ulid(), clientId, name: `bench-${ulid()}`, role: 'operator' as const },
    passwordHash: `none:${randomBytes(16).toString('hex')}`,
    ...{ mustChangePassword: false, sessionEpoch: 0 },
  }
  await store.users.add(user)
  return context.auth.makeToken(user)
}
