import * as z from 'zod'
import type { PolicyList } from '../../policy/index.ts'

const mostPorts = 1024

/** `ports` of the policy file: numbers to a person who writes it, and texts to the program that compares them. */
export const portsList: PolicyList = {
  key: 'ports',
  kind: 'port',
  entry: z
    .union([z.int().min(1).max(65_535), z.string().regex(/^(?:all|\d{1,5}(?:-\d{1,5})?)$/)], {
      error: 'must be a port such as 443, a range such as 8000-8100, or all',
    })
    .transform(String),
  meaning: 'Ports whose traffic may be stopped, such as 443 or 8000-8100; all means every kind of traffic',
  example: '443',
  fits: holdsPort,
  wide: {
    what: `\`all\`, and ranges of more than ${mostPorts} ports`,
    look: (entry) => (countOfPorts(entry) > mostPorts ? 'lets nearly all traffic be stopped' : null),
    remedy: 'name the ports that a drill needs',
  },
}

/** `all` stands for every port, and is the only entry that allows to stop all traffic. */
function holdsPort(entry: string, port: string): boolean {
  if (entry === 'all') return true
  const [from, to = from] = entry.split('-').map(Number)
  const wanted = Number(port)
  return from !== undefined && to !== undefined && wanted >= from && wanted <= to
}

function countOfPorts(entry: string): number {
  if (entry === 'all') return Number.POSITIVE_INFINITY
  const [from = 0, to = from] = entry.split('-').map(Number)
  return to - from + 1
}
