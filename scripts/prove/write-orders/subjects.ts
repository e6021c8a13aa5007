import { proved } from '../actions.ts'
import { DISKS } from '../draw.ts'
import { isOfFilesAlone } from '../proved.ts'
import { Random } from '../random.ts'
import { LAYOUTS } from './stage.ts'
import { STORIES, type Subject } from './story.ts'

/** The subject of one seed. Consecutive seeds go through every action on every kind of disk, by turns. */
export function subjectOf(seed: number, choice: { action?: string; disk?: Subject['disk'] }): Subject {
  const all = proved
    .filter(({ action, orders }) => orders !== undefined && (choice.action ?? action) === action)
    .flatMap((one) =>
      DISKS.filter((disk) => (choice.disk ?? disk) === disk).flatMap((disk) =>
        LAYOUTS.map((layout) => ({ one, disk, layout })),
      ),
    )
  // By a stride that shares no factor with any number of these: neighbours differ in the action, too.
  const turn = all[(seed * 11) % all.length]
  if (turn === undefined) throw new Error(`"${choice.action}" changes no file: there are no orders of its writes.`)
  const { one, disk, layout } = turn
  const random = new Random(seed)
  const scenes = [...one.settings.entries()].filter(([, setting]) => isOfFilesAlone(setting))
  const [scene] = random.pick(scenes)
  const story = random.pick(STORIES)
  const syncSeed = random.below(3) === 0 ? random.below(2 ** 31) : null
  return { seed, action: one.action, scene, disk, layout, story, syncSeed }
}

/** A row of the table. */
export function rowOf({ disk, layout }: Pick<Subject, 'disk' | 'layout'>): string {
  return `${disk}, ${layout}`
}
