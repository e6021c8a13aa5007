import type { Endpoint } from '../endpoint.ts'

/** This interface as OpenAPI 3.1, made from the schemas that requests are checked against. */
export const openapi: Endpoint = (app) => {
  app.route({
    method: 'GET',
    url: '/api/openapi.json',
    config: { access: 'viewer' },
    schema: { hide: true },
    handler: (_request, reply) => reply.serializer(JSON.stringify).type('application/json').send(app.swagger()),
  })
}
