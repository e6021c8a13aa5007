import type { Files } from '../../host/index.ts'
import type { FillUndo } from './fill-undo.ts'
import { keepFloor } from './fill-up.ts'

const lookEveryMs = 1000

/**
 * While the failure is held: programs that go on writing never find the disk full because of us. Ends by itself when the
 * file is gone, whoever removed it, and does not keep this process alive; without it the file merely stays as it is.
 */
export function watchFloor(files: Files, undo: FillUndo, everyMs = lookEveryMs): NodeJS.Timeout {
  let busy = false
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    keepFloor(files, undo)
      .then((there) => {
        if (!there) clearInterval(timer)
      })
      // It may vanish between two looks; the next one sees that.
      .catch(() => undefined)
      .finally(() => {
        busy = false
      })
  }, everyMs)
  return timer.unref()
}
