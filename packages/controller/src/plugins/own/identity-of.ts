import type { FastifyRequest } from 'fastify'
import { hashOf } from '../../secrets/index.ts'
import type { Auth, Identity } from '../../services/index.ts'

/** Who is asking, by bearer token or by session; null when nobody is. A request with a bad token is not let in by its cookie. */
export async function identityOf({ headers, session }: FastifyRequest, auth: Auth): Promise<Identity | null> {
  if (headers.authorization !== undefined) {
    const [, token] = /^Bearer ([A-Za-z0-9_-]{43})$/.exec(headers.authorization) ?? []
    return token === undefined ? null : auth.byToken(token)
  }
  const { sessionId, userId, sessionEpoch } = session
  if (userId === undefined || sessionEpoch === undefined) return null
  const expiresMs = session.cookie.expires ? new Date(session.cookie.expires).getTime() : 0
  const times = { createdMs: 0, expiresMs }
  return auth.identify({ hash: hashOf(sessionId), kind: 'session', userId, sessionEpoch, ...times, data: '' })
}
