import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { actions } from '../../packages/agent/src/actions/index.ts'
import type { Proved } from './proved.ts'

/** Each folder here is of one folder of actions, and says in `proof.ts` how those are proved: nothing of it is in a bundle. */
const place = join(import.meta.dirname, '../../test/actions')

async function found(): Promise<Proved[]> {
  const all: Proved[] = []
  for (const name of readdirSync(place)) {
    const { proofs } = (await import(pathToFileURL(join(place, name, 'proof.ts')).href)) as {
      proofs: readonly Proved[]
    }
    all.push(...proofs)
  }
  const order = (action: string) => actions.findIndex(({ name }) => name === action)
  return all.sort((a, b) => order(a.action) - order(b.action))
}

/** Every action that is proved, in the order of the menu. */
export const proved: readonly Proved[] = await found()

/** The entry of an action. @throws Error when it has none */
export function provedNamed(action: string): Proved {
  const one = proved.find((each) => each.action === action)
  if (one) return one
  throw new Error(`There is no proof of "${action}". There is one of: ${proved.map((each) => each.action).join(', ')}.`)
}
