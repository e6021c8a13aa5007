import { createOutbox } from '../../src/outbox/index.ts'
import { clock, refused } from './support.ts'

/** A process that writes facts until it is killed, and says which ones it was promised to be on disk. */
const outbox = createOutbox({ folder: process.argv[2] ?? '', clock: { ...clock, bootId: process.argv[3] ?? '' } })
const filler = 'x'.repeat(900)
for (let n = 0; ; n += 7) {
  const group = Array.from({ length: 7 }, (_, index) => n + index)
  await Promise.all(
    group.map(async (one) => {
      await outbox.report(refused(one, filler.slice(0, (one * 131) % 900)))
      process.stdout.write(`${one}\n`)
    }),
  )
}
