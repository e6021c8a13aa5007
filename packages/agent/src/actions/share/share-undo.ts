import * as z from 'zod'

const Text = z.string().max(4096)

/** Before: this mount. After: nothing at that point. It is mounted again by what the host's table said then. */
export const ShareUndo = z.strictObject({
  mount: z.strictObject({
    point: Text,
    source: Text,
    kind: z.string().max(64),
    options: Text,
    /** Without what is new with each connection. */
    superOptions: Text,
    root: Text,
  }),
  order: z.strictObject({ source: Text, point: Text, kind: z.string().max(64), options: Text }),
})
export type ShareUndo = z.infer<typeof ShareUndo>
