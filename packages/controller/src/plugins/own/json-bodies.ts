import { ChaosError } from '@chaos-lite/shared'
import { fastifyPlugin } from 'fastify-plugin'

/** No request of ours has more: schemas take their time for every value, and call themselves for every level. */
const MOST = { levels: 64, values: 5_000 }

/** Bounds what is in a JSON body by counting its characters, before it is read and checked against its schema. */
export const jsonBodies = fastifyPlugin(
  async (app) => {
    const read = app.getDefaultJsonParser('error', 'error')
    app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
      const excess = excessOf(body)
      if (excess === null) read(request, body, done)
      else done(new ChaosError('request-invalid', `The body has ${excess}; send something smaller.`))
    })
  },
  { name: 'json-bodies' },
)

function excessOf(body: string): string | null {
  let [levels, values] = [0, 0]
  for (let at = 0; at < body.length; at += 1) {
    const char = body[at]
    if (char === '"') at = endOfText(body, at + 1)
    else if (char === '[' || char === '{') {
      levels += 1
      if (levels > MOST.levels) return `more than ${MOST.levels} levels of lists and objects`
    } else if (char === ']' || char === '}') levels -= 1
    else if (char === ',') {
      values += 1
      if (values > MOST.values) return `more than ${MOST.values} values`
    }
  }
  return null
}

/** Where the text ends that begins here. Long ones are passed over at once: a dozen of them may come in one turn. */
function endOfText(body: string, from: number): number {
  const ends = /["\\]/g
  ends.lastIndex = from
  for (let found = ends.exec(body); found !== null; found = ends.exec(body)) {
    if (found[0] === '"') return found.index
    // What is escaped ends nothing.
    ends.lastIndex = found.index + 2
  }
  return body.length
}
