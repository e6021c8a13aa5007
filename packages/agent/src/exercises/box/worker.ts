import { run } from '../../host/index.ts'
import { answerOrder } from '../child/answer.ts'
import { Work } from '../child/messages.ts'
import { doWork } from './work.ts'

/** `chaos-lite-agent exercise-work`, inside a box: one piece of work, and its end. */
export async function exerciseWorkMain(): Promise<never> {
  // No more of the host than the work needs: in some boxes not even /proc is whole.
  const clock = { bootId: '', monoMs: () => Number(process.hrtime.bigint()) / 1e6, wallMs: () => Date.now() }
  const { linuxFiles } = await import('../../host/linux/files/index.ts')
  const host = { run, clock, files: linuxFiles }
  return answerOrder(async (order, phase, signal) => ({ done: await doWork(Work.parse(order), host, phase, signal) }))
}
