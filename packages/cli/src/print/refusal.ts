import { type ChaosError, ruleText } from '@chaos-lite/shared'

function withoutStop(text: string): string {
  return text.replace(/\.$/, '')
}

/** The sentence of an error, and below it each reason once: a sentence that repeats the first reason ends before it. */
export function refusalLines({ message, items }: Pick<ChaosError, 'message' | 'items'>): string[] {
  const [first] = items
  const reason = first === undefined ? '' : withoutStop(first.message)
  const isSaid = first !== undefined && message.includes(reason)
  const at = first === undefined ? -1 : message.indexOf(`: ${first.where}: ${reason}`)
  const head = items.length > 1 && at > 0 ? `${message.slice(0, at)}:` : message
  const below = items.flatMap(({ where, message: text, rule }) => [
    // A single reason stands in the sentence already.
    ...(items.length === 1 && isSaid ? [] : [`  ${where}: ${text}`]),
    ...(rule === null || rule === '' ? [] : [`      ${ruleText(rule)}`]),
  ])
  return [head, ...below]
}
