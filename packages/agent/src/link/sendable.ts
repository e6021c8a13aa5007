import { type Answer, MAX_FRAME_BYTES } from '@chaos-lite/shared'

/** What a frame holds besides the answer: its type, the id of the command, the seal. */
const FRAME_REST_BYTES = 1_024

/**
 * An answer as it is sent. What its texts mean is left out for a controller that knows texts only, which would refuse the
 * fields; and where a plan of many failures would not fit into a frame with it: the texts alone are enough to go on.
 */
export function sendable(answer: Answer, understandsWords: boolean): Answer {
  const fits = () => Buffer.byteLength(JSON.stringify(answer)) <= MAX_FRAME_BYTES - FRAME_REST_BYTES
  return understandsWords && fits() ? answer : withoutMeanings(answer)
}

function withoutMeanings(answer: Answer): Answer {
  if (!answer.ok) {
    const { said, ...rest } = answer
    return rest
  }
  if (answer.prepared === null) return answer
  const steps = answer.prepared.steps.map((step) => {
    if (!step.ok) {
      const { said, ...rest } = step
      return rest
    }
    const { messages, ...rest } = step
    return rest
  })
  return { ok: true, prepared: { ...answer.prepared, steps } }
}
