import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../../host.ts'
import type { FilterTable, PacketFilter } from '../../packet-filter.ts'
import { mortal } from '../mortal.ts'
import { run } from '../run.ts'
import { judged, type ListedTable, parseListing } from './listing.ts'
import { adding, elementOf, tableOf } from './ruleset.ts'

const askingMs = 5_000

/** nftables by its own program: JSON in, JSON out. `run` is another one in tests, inside a network of their own. */
export function nftables(start: Host['run'] = run): PacketFilter {
  const nft = (...args: readonly string[]) => start(mortal(['nft', '-j', ...args]), { timeoutMs: askingMs })
  // As an argument: nft opens /dev/stdin anew, which the socket that Node.js hands over as input does not allow.
  const change = async (commands: object) => {
    const { code, stderr } = await nft(JSON.stringify(commands))
    if (code !== 0) throw failed(stderr)
  }
  const list = async (name: string): Promise<ListedTable | null> => {
    const { code, stdout, stderr } = await nft('list', 'table', 'inet', name)
    if (code === 0) return parseListing(stdout)
    // nft has one exit code for everything: only a list of all tables distinguishes absence from failure.
    if (!(await tables()).includes(name)) return null
    throw failed(stderr)
  }
  const tables = async () => {
    const { code, stdout, stderr } = await nft('list', 'tables')
    if (code !== 0) throw failed(stderr)
    return parseTables(stdout)
  }
  return {
    standing: async (table) => {
      const listed = await list(table.name)
      return listed === null ? { state: 'absent', stops: false, foreign: [] } : judged(tableOf(table), listed)
    },
    add: async (table, openAfterMs) => change(adding(tableOf(table), openAfterMs)),
    remove: async (table) => {
      const listed = await list(table.name)
      if (listed === null) return
      const { foreign } = judged(tableOf(table), listed)
      await change({ nftables: foreign.length === 0 ? [wholeTable(table)] : ourRules(table, listed) })
    },
  }
}

function wholeTable({ name }: FilterTable): object {
  return { delete: { table: { family: 'inet', name } } }
}

/** Without our rules nothing is stopped; sets stay where somebody else's rule may look into them, emptied of ours. */
function ourRules(table: FilterTable, listed: ListedTable): readonly object[] {
  const where = { family: 'inet', table: table.name }
  const { rules, sets } = tableOf(table)
  const mine = listed.rules.filter(({ comment }) => rules.some((rule) => rule.comment === comment))
  return [
    ...mine.map(({ chain, handle }) => ({ delete: { rule: { ...where, chain, handle } } })),
    ...sets.flatMap(({ name, addresses }) => {
      const there = listed.sets.find((each) => each.name === name)?.elements ?? []
      const elem = addresses.filter((each) => there.includes(each)).map(elementOf)
      return elem.length === 0 ? [] : [{ delete: { element: { ...where, name, elem } } }]
    }),
  ]
}

function parseTables(text: string): readonly string[] {
  const { nftables: entries } = JSON.parse(text) as {
    nftables: { table?: { family: string; name: string } }[]
  }
  return entries.flatMap(({ table }) => (table?.family === 'inet' ? [table.name] : []))
}

function failed(stderr: string): ChaosError {
  const said = stderr.trim().replaceAll(/\s+/g, ' ').slice(0, 300)
  return new ChaosError('tool-failed', `nft refused: ${said || 'no message'}.`)
}
