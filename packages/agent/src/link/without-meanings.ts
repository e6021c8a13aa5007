import type { Answer } from '@chaos-lite/shared'

/** An answer for a controller that knows texts only: it would refuse the fields that say what they mean. */
export function withoutMeanings(answer: Answer): Answer {
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
