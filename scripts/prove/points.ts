import type { Counts } from './calls.ts'
import { isUndisturbed } from './judge.ts'
import { rehearsal } from './perform.ts'
import type { Proved } from './proved.ts'
import type { Points } from './scenario.ts'
import type { Schedule } from './schedule.ts'
import type { World } from './world.ts'

/** Counts the system calls of each action's programs, once per setting, on hosts that nothing else happens to. */
export class PointBook {
  readonly #known = new Map<string, Promise<Partial<Points>>>()

  /** On this `disk`, in the lab; `linked`: of the agent that is linked to a controller, too, which takes a lease. */
  async of(world: World, proved: Proved, scene: number, disk: Schedule['disk'], linked: boolean): Promise<Points> {
    const about = `${proved.action} ${scene}`
    const points = await this.#once(about, () => count(world, proved, scene, disk))
    return linked
      ? { ...points, ...(await this.#once(`${about} linked`, () => countLinked(world, proved, scene))) }
      : points
  }

  #once<P extends Partial<Points>>(key: string, count: () => Promise<P>): Promise<P> {
    const known = this.#known.get(key) as Promise<P> | undefined
    if (known !== undefined) return known
    const counting = count()
    this.#known.set(key, counting)
    // What failed is tried again by whoever asks next.
    counting.catch(() => this.#known.delete(key))
    return counting
  }
}

async function count(world: World, proved: Proved, scene: number, disk: Schedule['disk']): Promise<Points> {
  const schedule = { action: proved.action, scene }
  await world.fresh(proved, scene, disk)
  const args = rehearsal(schedule, { do: 'rehearse', holdMs: 30 })
  const rehearse = await counted(world, args)
  await world.fresh(proved, scene, disk)
  const fault = { kind: 'kill while held' } as const
  await world.agent({ args: rehearsal(schedule, { do: 'rehearse', holdMs: 600_000, fault }), fault })
  const recover = await counted(world, ['revert', '--all', '--cause', 'recovery', '--json']).catch((thrown) => {
    // The host may have restarted before it could be rolled back; a fault that never comes then counts as nothing.
    if (proved.restarts === true) return rehearse
    throw thrown
  })
  return { rehearse, recover, drill: new Map() }
}

async function countLinked(world: World, proved: Proved, scene: number): Promise<Pick<Points, 'drill'>> {
  await world.fresh(proved, scene, undefined)
  const {
    counts,
    wrong = null,
    stderr,
  } = await world.drill({ do: 'drill', cut: 'held', silent: false }, { count: true })
  if (counts !== null && wrong === null && (counts.get('fsync') ?? 0) > 0) return { drill: counts }
  throw new Error(`Undisturbed, the drill of ${proved.action} failed: ${wrong} ${stderr}`)
}

/** @throws Error when the program fails by itself, or makes too few calls to be true: then nothing could be proved */
async function counted(world: World, args: readonly string[]): Promise<Counts> {
  for (let attempt = 1; ; attempt += 1) {
    const ended = await world.agent({ args, count: true })
    if (!isUndisturbed(ended)) {
      throw new Error(`Undisturbed, "${args.join(' ')}" ended with ${ended.code}: ${ended.stdout}${ended.stderr}`)
    }
    const found = ended.counts ?? new Map()
    if ((found.get('fsync') ?? 0) > 0) return found
    // The tracer of an unlucky start comes late and sees nothing.
    if (attempt === 3) throw new Error(`No system calls were seen of "${args.join(' ')}". Is strace installed?`)
  }
}
