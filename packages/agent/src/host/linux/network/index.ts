import { ChaosError } from '@chaos-lite/shared'
import type { Finished, Host } from '../../host.ts'
import type { Network } from '../../network.ts'
import { mortal } from '../mortal.ts'
import { run } from '../run.ts'
import { type ListedInterface, parseInterfaces, parseWay } from './parse.ts'
import { hasSharedRoute, parseRoutes, settingAgain } from './routes.ts'

const askingMs = 5_000
const families = ['inet', 'inet6'] as const

/** The kernel's interfaces by iproute2. `start` is another one in tests, inside a network of their own. */
export function linuxNetwork(start: Host['run'] = run): Network {
  const ip: Ip = async (args) => {
    const done = await start(mortal(['ip', ...args]), { timeoutMs: askingMs })
    if (done.code === 0) return done
    const said = done.stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 300)
    throw new ChaosError('tool-failed', `ip ${args.slice(0, 4).join(' ')} failed: ${said || 'no message'}.`)
  }
  const list = async () => parseInterfaces((await ip(['-j', '-d', 'address', 'show'])).stdout)
  const named = async (name: string): Promise<ListedInterface> => {
    const found = (await list()).find((each) => each.name === name)
    if (found) return found
    throw new ChaosError('not-there', `There is no network interface ${name} on this host.`)
  }
  const routesOf = async (name: string): Promise<string[]> => {
    const both = families.map(async (family) => {
      const { stdout } = await ip(['-j', '-N', '-f', family, 'route', 'show', 'table', 'all', 'dev', name])
      return parseRoutes(stdout, family)
    })
    return (await Promise.all(both)).flat()
  }
  const now = async (name: string) => ({ addresses: [...(await named(name)).addresses], routes: await routesOf(name) })
  return {
    list,
    now,
    wayTo: async (address) => {
      const family = address.includes(':') ? 'inet6' : 'inet'
      const done = await start(['ip', '-j', '-f', family, 'route', 'get', address], { timeoutMs: askingMs })
      return done.code === 0 ? parseWay(done.stdout) : null
    },
    image: async (name, bootId) => {
      const { index, fixed6 } = await named(name)
      await refuseShared(name, ip)
      return { name, index, bootId, ...(await now(name)), fixed6: [...fixed6] }
    },
    takeDown: async (name) => void (await ip(['link', 'set', 'dev', name, 'down'])),
    bringUp: async (name) => void (await ip(['link', 'set', 'dev', name, 'up'])),
    setAgain: async (image) => {
      const there = (await named(image.name)).addresses
      const missing = image.fixed6.filter((each) => !there.some((row) => row.includes(` ${each} `)))
      for (const address of missing) await ip(['-6', 'address', 'add', address, 'dev', image.name])
      const left = await routesOf(image.name)
      const lost = image.routes.filter((each) => !left.includes(each))
      // What cannot be set shows in the comparison, and is tried again.
      for (const args of settingAgain(lost, image.name)) await ip(args).catch(() => {})
    },
  }
}

type Ip = (args: readonly string[]) => Promise<Finished>

/** A route with several ways belongs to no interface alone, and would come back without this one. */
async function refuseShared(name: string, ip: Ip): Promise<void> {
  const all = await Promise.all(families.map((family) => ip(['-j', '-f', family, 'route', 'show', 'table', 'all'])))
  if (!all.some(({ stdout }) => hasSharedRoute(stdout, name))) return
  throw new ChaosError(
    'cannot-restore',
    `${name} is one of several ways of one route: it could not be rolled back alone.`,
  )
}
