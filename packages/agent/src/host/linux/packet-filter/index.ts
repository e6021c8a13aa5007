import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../../host.ts'
import type { PacketFilter, Wall } from '../../wall.ts'
import { mortal } from '../mortal.ts'
import { run } from '../run.ts'
import { judged, type ListedTable, parseListing } from './listing.ts'
import { elementOf, raising, tableOf } from './ruleset.ts'

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
    standing: async (wall) => {
      const listed = await list(wall.name)
      return listed === null ? { state: 'absent', stops: false, foreign: [] } : judged(tableOf(wall), listed)
    },
    raise: async (wall, openAfterMs) => change(raising(tableOf(wall), openAfterMs)),
    lower: async (wall) => {
      const listed = await list(wall.name)
      if (listed === null) return
      const { foreign } = judged(tableOf(wall), listed)
      await change({ nftables: foreign.length === 0 ? [wholeTable(wall)] : ourRules(wall, listed) })
    },
  }
}

function wholeTable({ name }: Wall): object {
  return { delete: { table: { family: 'inet', name } } }
}

/** Without our rules nothing is stopped; sets stay where somebody else's rule may look into them, emptied of ours. */
function ourRules(wall: Wall, listed: ListedTable): readonly object[] {
  const where = { family: 'inet', table: wall.name }
  const { rules, sets } = tableOf(wall)
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
