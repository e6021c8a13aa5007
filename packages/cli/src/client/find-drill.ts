import { ChaosError } from '@chaos-lite/shared'
import { DrillView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Api } from './api.ts'
import { absent } from './did-you-mean.ts'

/** Does what is about a drill. Where the controller knows no drill of that name, the one that was probably meant is named. */
export async function ofDrill<T>(api: Pick<Api, 'get'>, drill: string, perform: () => Promise<T>): Promise<T> {
  try {
    return await perform()
  } catch (error) {
    if (!(error instanceof ChaosError) || error.code !== 'not-found') throw error
    const names = await namesOf(api)
    if (names === null || names.includes(drill)) throw error
    const said = absent('drill called', drill, names, '; see: chaos-lite drill list')
    throw new ChaosError('not-found', said, { cause: error })
  }
}

/** Null where the list cannot be had: then what the controller said first counts. */
function namesOf(api: Pick<Api, 'get'>): Promise<string[] | null> {
  return api.get('/drills', z.array(DrillView)).then(
    (drills) => drills.map(({ name }) => name),
    () => null,
  )
}
