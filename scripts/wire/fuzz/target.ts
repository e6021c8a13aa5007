import type { Random } from '../random.ts'

/** Something that reads what others wrote, ready to be given bad things. */
export interface FuzzTarget extends AsyncDisposable {
  /** Does some cases (about so many) and returns how many they were. Throws when a promise was broken. */
  some(count: number): Promise<number>
  /** What must hold after all of them. Throws when it does not. */
  settle(): Promise<string>
}

export interface FuzzPlace {
  readonly folder: string
  readonly random: Random
}

export type OpenTarget = (place: FuzzPlace) => Promise<FuzzTarget>
