import { ChaosError, line } from '@chaos-lite/shared'
import * as z from 'zod'
import { type FilterStanding, FilterTable, item, printable } from '../../host/index.ts'
import type { ActionContext, Reverted, Standing } from '../action.ts'
import { refuseToCutTunnels } from '../guards/tunnels.ts'
import { outcomeOf } from '../outcome.ts'
import { admittedOn, refuseAgentOnShare } from './admitted.ts'

/** Before: no table of that name. After: the whole table. */
export const FilterUndo = z.strictObject({
  /** The name of the field is a format of undo records. */
  wall: FilterTable,
  /** How the plan calls the ends of the link. */
  links: z.array(z.strictObject({ host: line(253), port: z.int().min(1).max(65_535) })).max(8),
})
export type FilterUndo = z.infer<typeof FilterUndo>

/** After the safety timer has had its time, the kernel removes the block by itself. */
const kernelSlackMs = 5_000
/** Where no deadline is known (a test): nothing is ever blocked for longer. */
const longestMs = 3_600_000

/** The longest time that loading, and deleting, one nftables table may take, in ms. */
export const filterBudgets = { injectMs: 15_000, revertMs: 20_000 } as const

/** What every such table needs: a name of its own, and what is always let through. Only reads. */
export async function preparedFilter(
  context: ActionContext,
  stops: Pick<FilterTable, 'addresses' | 'except' | 'ports' | 'protocols' | 'directions'>,
): Promise<FilterUndo> {
  await refuseAgentOnShare(context)
  await refuseToCutTunnels(context.host, stops)
  const table = { name: tableName(context.recordId), ...stops, admit: await admittedOn(context) }
  const { state } = await context.host.packetFilter.standing(table)
  const links = (context.host.own.links ?? []).map(({ host, port }) => ({ host, port }))
  if (state === 'absent') return { wall: table, links }
  throw new ChaosError('wrong-state', `There is a table ${table.name} already. Nothing was touched.`)
}

/**
 * Loads the table with the kernel's own limit: its rules expire some seconds after the deadline, should nothing of ours
 * be left.
 */
export async function addFilter({ host, revertByMonoMs }: ActionContext, { wall: table }: FilterUndo): Promise<void> {
  const leftMs = revertByMonoMs === undefined ? longestMs : revertByMonoMs - host.clock.monoMs() + kernelSlackMs
  await host.packetFilter.add(table, leftMs)
}

/** Conflict: some rules are missing, or the kernel has opened the table because its time was over. */
export async function filterStanding({ host }: ActionContext, { wall: table }: FilterUndo): Promise<Standing> {
  const { state } = await host.packetFilter.standing(table)
  if (state === 'absent') return 'before'
  return state === 'whole' ? 'after' : 'conflict'
}

/** An address or a rule more in our table is no loss. */
export async function filterHolds({ host }: ActionContext, { wall: table }: FilterUndo): Promise<boolean> {
  return (await host.packetFilter.standing(table)).stops
}

/** Takes the table away; what others put into it stays, and is reported. */
export async function removeFilter({ host }: ActionContext, { wall: table }: FilterUndo): Promise<Reverted> {
  const found = await host.packetFilter.standing(table)
  await host.packetFilter.remove(table)
  const left = await host.packetFilter.standing(table)
  const now = left.state === 'absent' ? 'none' : `there, with ${left.foreign.join(', ') || 'nothing of others'}`
  const compared = [item(`firewall table inet ${table.name}`, 'none', now)]
  return outcomeOf(compared, keptOf(table, found))
}

function keptOf({ name }: FilterTable, { state, foreign }: FilterStanding): readonly string[] {
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

/** The commands that remove the table by hand; deleting it is safe at any time. */
export function filterByHand({ wall: { name } }: FilterUndo): readonly string[] {
  return [`nft delete table inet ${name}`, 'nft list tables']
}

function tableName(recordId: string): string {
  return `chaos_lite_${recordId.toLowerCase()}`
}
