import { describeRestore } from '../backup-restore-prepare.ts'
import { realBoxes } from '../box/boxes.ts'
import { performRestore } from '../perform-restore.ts'
import { RestoreParams } from '../restore-params.ts'
import { answerOrder } from './answer.ts'
import { ExerciseOrder } from './messages.ts'

/** `chaos-lite-agent exercise`, which is started by the agent and by nobody else: one exercise, and its end. */
export async function exerciseMain(): Promise<never> {
  const { linuxHost } = await import('../../host/linux/index.ts')
  return answerOrder(async (text, phase, signal) => {
    const order = ExerciseOrder.parse(text)
    const params = RestoreParams.parse(order.params)
    const context = {
      host: linuxHost({ own: order.own }),
      local: { credential: async () => null, repository: async () => order.repository },
      scratchFolder: order.scratchFolder,
      quarantine: (folder: string) => (folder === params.folder ? order.quarantine : null),
      ...{ signal, phase },
    }
    const boxes = realBoxes(order)
    if (order.task === 'describe') return { messages: [...(await describeRestore(context, params, boxes))] }
    const result = await performRestore(context, params, boxes)
    return { result: { ...result, differences: [...result.differences], notCompared: [...result.notCompared] } }
  })
}
