import { linuxHost } from '../../host/linux/index.ts'
import { answerOrder } from '../child/answer.ts'
import { Work } from '../child/messages.ts'
import { doWork } from './work.ts'

/** `chaos-lite-agent exercise-work`, inside a box: one piece of work, and its end. */
export async function exerciseWorkMain(): Promise<never> {
  const host = linuxHost({ own: { paths: [], names: [] } })
  return answerOrder(async (order, phase, signal) => ({ done: await doWork(Work.parse(order), host, phase, signal) }))
}
