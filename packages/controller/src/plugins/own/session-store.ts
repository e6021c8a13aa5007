import type { SessionStore } from '@fastify/session'
import type { Session } from 'fastify'
import { hashOf } from '../../secrets/index.ts'
import { SESSION_MS } from '../../services/index.ts'
import type { Store } from '../../store/index.ts'
import type { Clock } from '../../time/index.ts'

declare module 'fastify' {
  interface Session {
    userId?: string
    sessionEpoch?: number
  }
}

/** Keeps sessions in the store, under the hash of their id: whoever reads the database cannot use them. */
export function sessionStore({ store, clock }: { store: Store; clock: Clock }): SessionStore {
  const settle = (work: Promise<void>, callback: (error?: unknown) => void) => {
    work.then(() => callback(), callback)
  }
  return {
    set(sessionId, session, callback) {
      settle(put(sessionId, session), callback)
    },
    get(sessionId, callback) {
      store.logIns
        .get(hashOf(sessionId), clock.nowMs())
        .then((found) => callback(null, found?.kind === 'session' ? (JSON.parse(found.data) as Session) : null))
        .catch(callback)
    },
    destroy(sessionId, callback) {
      settle(store.logIns.remove(hashOf(sessionId)), callback)
    },
  }

  async function put(sessionId: string, session: Session): Promise<void> {
    const { userId, sessionEpoch } = session
    // A session without a user is nobody's: it is not worth a row.
    if (userId === undefined || sessionEpoch === undefined) return
    const createdMs = clock.nowMs()
    const data = JSON.stringify({ userId, sessionEpoch, cookie: session.cookie })
    const hash = hashOf(sessionId)
    const expiresMs = createdMs + SESSION_MS
    await store.logIns.put({ hash, kind: 'session', userId, sessionEpoch, createdMs, expiresMs, data })
  }
}
