import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Setting } from '../fixtures/undo/setting.ts'

/** Parameters of one item of the menu: all that it takes, so that the test sees what the policy is asked. */
export interface Sample {
  readonly params: Readonly<Record<string, unknown>>
  /** Texts of the parameters that no question carries, and why the host's owner need not be asked about them. */
  readonly unasked?: Readonly<Record<string, string>>
}

/** What the tests of one folder of actions bring for the tests of every action: its file `samples.ts`. */
export interface Brought {
  readonly samples: Readonly<Record<string, readonly Sample[]>>
  /** Why an action takes nothing that could be named. Everything else must name what it touches. */
  readonly nothingToName?: Readonly<Record<string, string>>
  readonly scenes: readonly Setting[]
}

async function found(): Promise<Brought[]> {
  const files = readdirSync(import.meta.dirname)
    .map((name) => join(import.meta.dirname, name, 'samples.ts'))
    .filter((file) => existsSync(file))
  const all: Brought[] = []
  for (const file of files) all.push((await import(pathToFileURL(file).href)) as Brought)
  return all
}

export const brought: readonly Brought[] = await found()

/** By name of the action. An action without samples cannot be added to the menu: see `asks.test.ts`. */
export const actionSamples: Readonly<Record<string, readonly Sample[]>> = Object.assign(
  {},
  ...brought.map(({ samples }) => samples),
)

/** By name of the action; see `Brought`. */
export const nothingToName: Readonly<Record<string, string>> = Object.assign(
  {},
  ...brought.map((one) => one.nothingToName ?? {}),
)
