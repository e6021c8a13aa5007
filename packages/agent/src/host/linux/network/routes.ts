import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import { listOf } from './parse.ts'

type Family = 'inet' | 'inet6'

/** What of a route can be set again. Numbers, because names of tables and protocols differ from host to host. */
const Route = z.strictObject({
  dst: z.string(),
  type: z.string().optional(),
  gateway: z.string().optional(),
  table: z.string().optional(),
  protocol: z.string().optional(),
  scope: z.string().optional(),
  prefsrc: z.string().optional(),
  metric: z.int().optional(),
  pref: z.string().optional(),
  flags: z.array(z.string()).optional(),
  dev: z.string().optional(),
  expires: z.number().optional(),
})
const AnyRoute = z.looseObject({
  dst: z.string(),
  table: z.string().optional(),
  type: z.string().optional(),
  protocol: z.string().optional(),
  nexthops: z.array(z.unknown()).optional(),
})

/** Numbers of `rtnetlink(7)`: what the kernel itself makes of an address, and what a router announces. */
const localTable = '255'
const byKernel = '2'
const byRouter = '9'
/** The one flag that says how to set a route; the others say how it is doing. */
const onLink = 'onlink'

/**
 * What `ip -j -N route show table all dev X` prints, one line of JSON each.
 * @throws ChaosError `cannot-restore` for a route that has more to it than could be set again
 */
export function parseRoutes(text: string, family: Family): readonly string[] {
  return listOf(AnyRoute, text)
    .filter(({ table, dst }) => table !== localTable && !dst.startsWith('fe80::') && dst !== 'ff00::/8')
    .map((each) => {
      const { expires: _, dev: __, flags = [], ...route } = understood(each)
      return JSON.stringify(sorted({ family, ...route, ...(flags.includes(onLink) ? { flags: [onLink] } : {}) }))
    })
    .sort()
}

/** Does one of all routes of the host share its way with this interface? Such a one is no interface's own. */
export function hasSharedRoute(text: string, name: string): boolean {
  return listOf(AnyRoute, text).some(({ nexthops = [] }) => JSON.stringify(nexthops).includes(`"dev":"${name}"`))
}

/**
 * The arguments of `ip` that set such a route again, in the order in which they must be set: a gateway needs the way to
 * it first. What the kernel or a router brings by itself is left out.
 */
export function settingAgain(lines: readonly string[], name: string): readonly (readonly string[])[] {
  const routes = lines.map((line) => JSON.parse(line) as z.infer<typeof Route> & { family: Family })
  return routes
    .filter(({ protocol }) => protocol !== byKernel && protocol !== byRouter)
    .sort((a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined))
    .map(({ family, dst, type, gateway, table, protocol, scope, prefsrc, metric, pref, flags = [] }) => [
      ...['-N', '-f', family, 'route', 'add'],
      ...(type === undefined ? [] : [type]),
      dst,
      ...(gateway === undefined ? [] : ['via', gateway]),
      ...['dev', name],
      ...(table === undefined ? [] : ['table', table]),
      ...(protocol === undefined ? [] : ['protocol', protocol]),
      ...(scope === undefined ? [] : ['scope', scope]),
      ...(prefsrc === undefined ? [] : ['src', prefsrc]),
      ...(metric === undefined ? [] : ['metric', String(metric)]),
      ...(pref === undefined ? [] : ['pref', pref]),
      ...flags,
    ])
}

function understood(route: unknown): z.infer<typeof Route> {
  const parsed = Route.safeParse(route)
  if (parsed.success) return parsed.data
  const text = JSON.stringify(route).slice(0, 300)
  throw new ChaosError(
    'cannot-restore',
    `A route has more to it than could be set again: ${text}. Nothing was touched.`,
  )
}

function sorted(route: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(route).sort(([a], [b]) => (a < b ? -1 : 1)))
}
