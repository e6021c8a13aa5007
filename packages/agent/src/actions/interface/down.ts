import { ChaosError } from '@chaos-lite/shared'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { InterfaceImage } from '../../host/index.ts'
import { defineAction } from '../action.ts'
import { linksOf, refuseAgentOnShare } from '../network/admitted.ts'
import { outcomeOf, quoted } from '../outcome.ts'
import { IpAddress, PortNumber } from '../params.ts'
import { interfacesList } from './interfaces-list.ts'
import { refuseUnfit } from './refusals.ts'
import { bringBack, interfaceStanding } from './revert-interface.ts'
import { words } from './words.en.ts'

const PLACE = 'action.interface.down'
const say = saying(PLACE, words)

const Params = z.strictObject({
  interface: z
    .string()
    .max(15)
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.:@-]*$/, 'must be the name of a network interface, such as eth1')
    .describe('A network interface of this host, such as eth1'),
  reaches: z
    .strictObject({ host: IpAddress, port: PortNumber })
    .describe('A machine that this host reaches over it, and a port that answers there'),
})

const Undo = z.strictObject({ image: InterfaceImage })

/** Longer than any machine of a local network that answers at all. */
const patienceMs = 2_000

/**
 * Sets an interface down (ip-link(8)); its addresses and routes come back by configuration, or from the image where
 * they do not.
 */
export const interfaceDown = defineAction({
  name: 'interface.down',
  words: underCodes(PLACE, words),
  summary: 'Switches a network interface off, as when its cable is pulled, and on again with its addresses and routes.',
  needs: ['network'],
  params: Params,
  undo: { 1: Undo },
  overRestart: 'ends',
  takesHostAway: true,
  policy: { lists: [interfacesList] },
  touches: ({ interface: name }) => [`interface:${name}`],
  asks: ({ interface: name, reaches }) => [
    { kind: 'interface', value: name },
    { kind: 'address', value: reaches.host, look: true },
  ],
  prepare: async (context, { interface: name, reaches }) => {
    const { host } = context
    await refuseAgentOnShare(context)
    await refuseUnfit(context, name, await linksOf(context))
    const way = await host.network.wayTo(reaches.host)
    if (way !== name) {
      const why = `${reaches.host} is reached over ${way ?? 'no interface'}, not over ${name}: its loss would not be seen`
      throw new ChaosError('wrong-state', `${why}. Nothing was touched.`)
    }
    return { image: await host.network.image(name, host.clock.bootId) }
  },
  explain: ({ reaches }, { image: { name, addresses, routes } }) => [
    say('off', { name, host: reaches.host }),
    // DHCP may give other ones at any time.
    say.about(
      'has',
      {},
      { count: addresses.length, addresses: addresses.map((row) => row.split(' ')[1] ?? row), routes: routes.length },
    ),
    say('rollback'),
  ],
  effect: ({ reaches }) => ({ probe: 'tcp', params: { ...reaches, withinMs: patienceMs }, expect: 'down' }),
  budgets: () => ({ injectMs: 15_000, revertMs: 45_000 }),
  inject: ({ host }, _, { image }) => host.network.takeDown(image.name),
  verify: ({ host }, { image }) => interfaceStanding(host, image),
  // Taken out of the host, or made anew and off: what was reached over it is not reached.
  stillInPlace: async ({ host }, { image }) =>
    !(await host.network.list()).some(({ name, up }) => name === image.name && up),
  revert: async (context, { image }) => {
    const { compared, kept } = await bringBack(context, image)
    return outcomeOf(compared, kept)
  },
  byHand: ({ image: { name, addresses, routes } }) => [
    `ip link set dev ${quoted(name)} up`,
    `ip address show dev ${quoted(name)}   # before: ${addresses.join('; ') || 'none'}`,
    `ip route show table all dev ${quoted(name)}   # before: ${routes.join(' ').slice(0, 600) || 'none'}`,
  ],
})
