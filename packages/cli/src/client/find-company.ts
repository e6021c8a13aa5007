import { ChaosError } from '@chaos-lite/shared'
import { SessionView } from '@chaos-lite/shared/api'
import type { Api } from './api.ts'
import { absent } from './did-you-mean.ts'

/** The id of the company that people name, or whose id they give. @throws ChaosError `not-found` with those there are */
export async function companyIdOf(api: Pick<Api, 'get'>, company: string): Promise<string> {
  const { clients } = await api.get('/session', SessionView)
  const found = clients.filter(({ clientId, name }) => clientId === company || name === company)
  const [first] = found
  if (first !== undefined && found.length === 1) return first.clientId
  const known = clients.map(({ clientId, name }) => `"${name}" (${clientId})`).join(', ')
  const names = clients.map(({ name }) => name)
  const what = first === undefined ? absent('company', company, names) : `Several companies are called "${company}".`
  throw new ChaosError('not-found', `${what} You see: ${known}.`)
}
