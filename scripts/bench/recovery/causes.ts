import type { LabHost } from '../../lab/index.ts'
import { until } from '../../lab/wait.ts'
import { monoMs } from '../statistics.ts'

/** What a cause may need to know about the failure that is held. */
export interface Held {
  readonly host: LabHost
  readonly controllerAddress: string
  /** When the safety timer fires at the latest, as the agent has reported. */
  readonly revertByWallMs: number
}

/** One way to lose the agent, the controller or the power. */
export interface Cause {
  readonly what: string
  readonly atMostMs: number
  readonly target: string
  /** How long the failure would be held. */
  readonly hold: string
  /** Only one host at a time: what is measured is short, and the hosts share the cores of this machine. */
  readonly alone: boolean
  /** Does it, and answers with the instant that the time counts from. */
  strike(held: Held): Promise<number>
  /** Makes the host fit for the next round. */
  repair(host: LabHost): Promise<void>
}

const PROGRAM = '/usr/local/lib/chaos-lite'
const kill = (host: LabHost) =>
  host.enter(['systemctl', 'kill', '--kill-who=main', '--signal=KILL', 'chaos-lite-agent.service'])

/** Nobody answers on the way to the controller, and nobody says so. */
const silence = (address: string) =>
  `table inet bench { chain out { type filter hook output priority 0; policy accept; ip daddr ${address} drop; }; }`

const nothing = async () => undefined

/** `leaseMs`: how long an agent goes on without a word of its controller. */
export function causes(leaseMs: number): readonly Cause[] {
  return [
    {
      what: 'Agent killed (kill -9): until the host is restored',
      atMostMs: 2_000,
      target: 'worst at most 2 s',
      hold: '5m',
      alone: true,
      async strike({ host }) {
        const began = monoMs()
        await kill(host)
        return began
      },
      repair: nothing,
    },
    {
      what: 'Controller lost (packets dropped): until the host is restored',
      atMostMs: leaseMs + 1_000,
      target: `worst at most lease (${leaseMs / 1000} s) + 1 s`,
      hold: '5m',
      alone: false,
      async strike({ host, controllerAddress }) {
        const began = monoMs()
        await host.enter(['nft', '-f', '-'], { input: silence(controllerAddress) })
        return began
      },
      repair: async (host) => void (await host.enter(['nft', 'delete', 'table', 'inet', 'bench'])),
    },
    {
      what: 'Agent killed and its program gone: from `revertBy` until the host is restored',
      atMostMs: 2_000,
      target: 'worst at most 2 s',
      hold: '5s',
      alone: false,
      async strike({ host, revertByWallMs }) {
        await host.enter(['mv', PROGRAM, `${PROGRAM}.gone`])
        await kill(host)
        return monoMs() + revertByWallMs - Date.now()
      },
      repair: async (host) => void (await host.enter(['mv', `${PROGRAM}.gone`, PROGRAM])),
    },
    {
      what: 'Power cut: from the start of process 1 until the host is restored',
      atMostMs: 3_000,
      target: 'worst at most 3 s',
      hold: '5m',
      alone: true,
      async strike({ host }) {
        await host.powerCut()
        booting.set(host, host.boot())
        await until(`process 1 of ${host.name}`, () => host.isUp(), { everyMs: 2 })
        return monoMs()
      },
      repair: async (host) => void (await booting.get(host)),
    },
  ]
}

const booting = new WeakMap<LabHost, Promise<string>>()
