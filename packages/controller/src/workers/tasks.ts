import { type Drill, type Menu, type Mistake, parseDrill } from '@chaos-lite/shared'
import type { PreviewRequest } from '@chaos-lite/shared/api'
import { previewSlots } from '@chaos-lite/shared/schedule'
import type * as z from 'zod'
import { readAlert } from '../alert-messages/index.ts'

interface DrillText {
  readonly source: string | Uint8Array
  readonly file: string
}

/** A drill's text as it was read: the drill, or what is wrong with it. */
export interface ReadDrill {
  /** Null where there are mistakes. */
  readonly drill: Drill | null
  readonly mistakes: readonly Mistake[]
}

/**
 * What is computed beside the event loop, because somebody else decides how long it takes. `menu` is what hosts offer now;
 * null: it is not asked.
 */
export const tasks = {
  readDrill({ source, file }: DrillText, menu: Menu | null): ReadDrill {
    const parsed = parseDrill(source, { file, menu })
    return parsed.ok ? { drill: parsed.drill, mistakes: [] } : { drill: null, mistakes: parsed.mistakes }
  },
  previewSlots: (request: z.output<typeof PreviewRequest>): number[] => previewSlots(request),
  readAlert,
} as const

type Tasks = typeof tasks
/** The name of a computation that a worker thread can do. */
export type TaskName = keyof Tasks
/** What a task is given: it crosses to another thread, so only what the structured clone algorithm copies. */
export type InputOf<Name extends TaskName> = Parameters<Tasks[Name]>[0]
/** What a task returns, copied in the same way. */
export type ResultOf<Name extends TaskName> = ReturnType<Tasks[Name]>

/** What goes to a worker. */
export type ToWorker =
  | { readonly type: 'menu'; readonly menu: Menu | null }
  | { readonly type: 'job'; readonly task: TaskName; readonly input: unknown }

/** What comes back. */
export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly result: unknown }
  | { readonly type: 'failed'; readonly code: string | null; readonly message: string }
