import { ChaosError, line } from '@chaos-lite/shared'
import * as z from 'zod'
import { item, printable, Wall, type WallStanding } from '../../host/index.ts'
import type { ActionContext, Reverted, Standing } from '../action.ts'
import { refuseToCutTunnels } from '../guards/tunnels.ts'
import { outcomeOf } from '../outcome.ts'
import { admittedOn, refuseAgentOnShare } from './admitted.ts'

/** Before: no table of that name. After: the table of this wall, whole. */
export const WallUndo = z.strictObject({
  wall: Wall,
  /** How the plan calls the ends of the link. */
  links: z.array(z.strictObject({ host: line(253), port: z.int().min(1).max(65_535) })).max(8),
})
export type WallUndo = z.infer<typeof WallUndo>

/** After the safety timer has had its time, the kernel opens the wall by itself. */
const kernelSlackMs = 5_000
/** Where no deadline is known (a test): nothing is ever blocked for longer. */
const longestMs = 3_600_000

export const wallBudgets = { injectMs: 15_000, revertMs: 20_000 } as const

/** What every wall needs: a name of its own, and what is always let through. Only reads. */
export async function preparedWall(
  context: ActionContext,
  stops: Pick<Wall, 'addresses' | 'except' | 'ports' | 'protocols' | 'directions'>,
): Promise<WallUndo> {
  await refuseAgentOnShare(context)
  await refuseToCutTunnels(context.host, stops)
  const wall = { name: wallName(context.recordId), ...stops, admit: await admittedOn(context) }
  const { state } = await context.host.packetFilter.standing(wall)
  const links = (context.host.own.links ?? []).map(({ host, port }) => ({ host, port }))
  if (state === 'absent') return { wall, links }
  throw new ChaosError('wrong-state', `There is a table ${wall.name} already. Nothing was touched.`)
}

export async function raiseWall({ host, revertByMonoMs }: ActionContext, { wall }: WallUndo): Promise<void> {
  const leftMs = revertByMonoMs === undefined ? longestMs : revertByMonoMs - host.clock.monoMs() + kernelSlackMs
  await host.packetFilter.raise(wall, leftMs)
}

export async function wallStanding({ host }: ActionContext, { wall }: WallUndo): Promise<Standing> {
  const { state } = await host.packetFilter.standing(wall)
  if (state === 'absent') return 'before'
  return state === 'whole' ? 'after' : 'conflict'
}

/** An address or a rule more in our table is no loss. */
export async function wallLasts({ host }: ActionContext, { wall }: WallUndo): Promise<boolean> {
  return (await host.packetFilter.standing(wall)).stops
}

/** Takes the table away; what others put into it stays, and is reported. */
export async function lowerWall({ host }: ActionContext, { wall }: WallUndo): Promise<Reverted> {
  const found = await host.packetFilter.standing(wall)
  await host.packetFilter.lower(wall)
  const left = await host.packetFilter.standing(wall)
  const now = left.state === 'absent' ? 'none' : `there, with ${left.foreign.join(', ') || 'nothing of others'}`
  const compared = [item(`firewall table inet ${wall.name}`, 'none', now)]
  return outcomeOf(compared, keptOf(wall, found))
}

function keptOf({ name }: Wall, { state, foreign }: WallStanding): readonly string[] {
  const said = {
    absent: `The table ${name} was not there any more: flushed by somebody else, gone with a restart, or never made.`,
    changed: `Somebody else took rules of ours out of the table ${name} meanwhile; the rest went.`,
    lifted: `The kernel had opened the table ${name} by itself, as its time was over.`,
    whole: null,
  }[state]
  if (foreign.length === 0) return said === null ? [] : [said]
  const theirs = foreign.join(', ')
  return [printable(`Somebody else wrote into ${name} meanwhile; kept, while ours was taken out: ${theirs}`)]
}

export function wallByHand({ wall: { name } }: WallUndo): readonly string[] {
  return [`nft delete table inet ${name}`, 'nft list tables']
}

/** What a person reads about how it is rolled back. */

function wallName(recordId: string): string {
  return `chaos_lite_${recordId.toLowerCase()}`
}
