import { Readable } from 'node:stream'
import type { ControllerFact, Plan, Ulid } from '@chaos-lite/shared'
import { API, RunRecord } from '@chaos-lite/shared/api'
import type { AppContext } from '../../context.ts'
import { chargedFor, who } from '../../plugins/index.ts'
import { linePages } from '../../services/index.ts'
import type { StoredLine } from '../../store/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ownedRun } from '../owned-run.ts'
import { RunParams } from '../params.ts'

/** Who takes nothing for so long gets no more: a place is held for them. */
const STALLED_MS = 60_000

/**
 * The whole record of a run: every fact as the exact bytes that were received, in order. It is sent as it is read, page by
 * page and no faster than it is taken: a long one is never whole in memory.
 */
export const showRecord: Endpoint = (app, context) => {
  app.route({
    method: 'GET',
    url: `${API}/runs/:runId/record`,
    config: { access: 'viewer', costly: true },
    schema: { tags: ['runs'], params: RunParams, response: { 200: RunRecord } },
    async handler(request, reply) {
      const { runId } = await ownedRun(context, request, request.params.runId)
      const leave = await context.turnstile.enter(who(request).userId)
      const charged = chargedFor(request)
      const pieces = taken(recordText(context, runId), {
        onTaken: (bytes) => context.costs.spend(charged, { bytes }),
        onStalled: () => stream.destroy(),
      })
      const stream = Readable.from(pieces, { objectMode: false })
      stream.once('close', leave)
      // Whoever left while it waited for its turn: nothing reads the stream.
      if (request.raw.destroyed) stream.destroy()
      return reply.type('application/json; charset=utf-8').send(stream as unknown as RunRecord)
    },
  })
}

/** The document, in pieces. */
async function* recordText({ store }: AppContext, runId: Ulid): AsyncGenerator<string> {
  let first = true
  for await (const lines of linePages(store, runId)) {
    const facts = lines.map((line) => JSON.stringify(line)).join(',')
    yield first ? `${headOf(runId, planOf(lines))}${facts}` : `,${facts}`
    first = false
  }
  yield first ? `${headOf(runId, null)}]}` : ']}'
}

function headOf(runId: Ulid, plan: Plan | null): string {
  const head = JSON.stringify({ format: 'chaos-lite-record/1', runId, plan } satisfies Omit<RunRecord, 'facts'>)
  return `${head.slice(0, -1)},"facts":[`
}

/** A run's first fact names its plan; that of a slot without a run has none. */
function planOf(lines: readonly StoredLine[]): Plan | null {
  for (const { source, line } of lines) {
    if (source !== 'controller') continue
    const { event } = JSON.parse(line) as ControllerFact
    return event.type === 'run.planned' ? event.plan : null
  }
  return null
}

/** The pieces, each noted when it is taken, and when it is not taken for too long. */
async function* taken(
  pieces: AsyncIterable<string>,
  { onTaken, onStalled }: { onTaken: (bytes: number) => void; onStalled: () => void },
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    const timer = setTimeout(onStalled, STALLED_MS)
    try {
      yield piece
      onTaken(piece.length)
    } finally {
      clearTimeout(timer)
    }
  }
}
