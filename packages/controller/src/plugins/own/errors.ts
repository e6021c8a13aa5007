import { ChaosError, type ErrorCode, errorCatalogue, issueText } from '@chaos-lite/shared'
import type { Problem } from '@chaos-lite/shared/api'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import type * as z from 'zod'

/** The one place where errors become answers (RFC 9457). All are logged; a stranger learns nothing of a 500. */
export const errors = fastifyPlugin(
  async (app) => {
    app.setErrorHandler<FastifyError>((error, request, reply) => {
      const problem = problemOf(error, request)
      if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, problem.detail)
      else request.log.info({ code: problem.code }, problem.detail)
      return send(reply, problem)
    })
    app.setNotFoundHandler((request, reply) => send(reply, missing(request)))
  },
  { name: 'errors' },
)

function send(reply: FastifyReply, problem: Problem): FastifyReply {
  // Written here, not by the route's schema: an error must never fail on its way out.
  return reply
    .code(problem.status)
    .header('content-type', 'application/problem+json')
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send(problem)
}

function missing(request: FastifyRequest): Problem {
  return of('not-found', `There is nothing at ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}.`)
}

function problemOf(error: FastifyError, request: FastifyRequest): Problem {
  if (error instanceof ChaosError) {
    const hidden = error.code === 'internal' || error.code === 'tool-failed'
    const detail = hidden ? errorCatalogue[error.code].meaning : error.message
    return { ...of(error.code, detail), ...(error.items.length > 0 ? { items: [...error.items] } : {}) }
  }
  if (hasZodFastifySchemaValidationErrors(error) && error.validationContext === 'params')
    return noSuchId(error.validation, request.params)
  if (hasZodFastifySchemaValidationErrors(error))
    return misshapen(error.validation, error.validationContext ?? 'request')
  const status = error.statusCode ?? 500
  if (status >= 500) return of('internal', errorCatalogue.internal.meaning)
  // Fastify's own complaints: a body that is too large, not JSON, of a wrong type.
  return { ...of('request-invalid', error.message), status }
}

/** A request that its schema refuses. What is wrong is said in the sentence too: not every reader shows the list. */
function misshapen(validation: readonly FastifyIssue[], part: string): Problem {
  const found = validation.map((issue) => ({ at: issue.instancePath, ...issueText(asIssue(issue)) }))
  const said = found.map(({ where, message }) => `${where || `the ${part}`} ${message}`)
  const items = found.map(({ at, message }) => ({ where: `${part}${at}`, message, rule: null }))
  const more = said.length > 1 ? ` (and ${said.length - 1} more mistake${said.length > 2 ? 's' : ''})` : ''
  return { ...of('request-invalid', `The request was refused: ${said[0]}${more}.`), items }
}

/** What the ids in addresses are of. */
const ID_OF: Readonly<Record<string, string>> = {
  runId: 'the id of a run',
  hostId: 'the id of a host',
  scheduleId: 'the id of a schedule',
  webhookId: 'the id of a webhook',
  stepId: 'the name of a step',
  name: 'the name of a drill',
}

/** An address with something in the place of an id that cannot be one. */
function noSuchId(validation: readonly FastifyIssue[], params: unknown): Problem {
  const given = new Map(Object.entries(params ?? {}))
  const items = validation.map(({ instancePath }) => {
    const name = instancePath.replace(/^\//, '')
    const value = JSON.stringify(String(given.get(name) ?? '').slice(0, 64))
    return { where: name, message: `${value} is not ${ID_OF[name] ?? `a ${name}`}`, rule: null }
  })
  return { ...of('request-invalid', `${items.map(({ message }) => message).join('; ')}.`), items }
}

/** What a schema found, as Fastify passes it on. */
interface FastifyIssue {
  readonly keyword: string
  readonly instancePath: string
  readonly message?: string | undefined
  readonly params?: Readonly<Record<string, unknown>> | undefined
}

function asIssue({ keyword, instancePath, message = '', params = {} }: FastifyIssue): z.core.$ZodIssue {
  const path = instancePath.split('/').filter((name) => name !== '')
  return { ...params, code: keyword, path, message } as unknown as z.core.$ZodIssue
}

function of(code: ErrorCode, detail: string): Problem {
  const { meaning, status } = errorCatalogue[code]
  return { title: meaning, status, detail, code }
}
