import { fastifySwagger } from '@fastify/swagger'
import { fastifyPlugin } from 'fastify-plugin'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'

/** The OpenAPI document, made from the same schemas that requests are checked against. */
export const swagger = fastifyPlugin(
  async (app) => {
    await app.register(fastifySwagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Chaos Lite',
          description: 'Small, scheduled, reversible failure drills on real hosts.',
          version: '1',
        },
        components: {
          securitySchemes: {
            bearer: { type: 'http', scheme: 'bearer' },
            session: { type: 'apiKey', in: 'cookie', name: 'chaos-lite-session' },
          },
        },
        security: [{ bearer: [] }, { session: [] }],
      },
      transform(document) {
        const { schema, url } = jsonSchemaTransform(document)
        return { schema: anyJson(schema) as typeof schema, url }
      },
    })
  },
  { name: 'swagger' },
)

/**
 * The only recursive schema of ours is "any JSON value" (`z.json()`). The transform refers to it without writing it
 * down; in JSON Schema the empty schema says the same.
 */
function anyJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(anyJson)
  if (value === null || typeof value !== 'object') return value
  if ('$ref' in value && String(value.$ref).startsWith('#/components/schemas/schema')) return {}
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, anyJson(part)]))
}
