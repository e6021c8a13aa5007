import { canonicalJson } from '@chaos-lite/shared'
import { codeText, isMessage, type Message, textOf, type Value, type Words } from '@chaos-lite/shared/words'
import type { EffectProbe } from '../actions/index.ts'
import { sha256 } from '../journal/index.ts'

/** What a failure or an exercise would touch on this host, and what is said about it. */
interface Explained {
  readonly action: string
  readonly params: unknown
  readonly touches: readonly string[]
  readonly messages: readonly Message[]
  readonly effect: EffectProbe | null
}

/**
 * What approval binds to: the same action, with the same parameters, would touch the same and mean the same. Wording and
 * measured values are not in it: another version of the agent, or another moment, gives the same digest.
 */
export function explanationDigest({ action, params, touches, messages, effect }: Explained): string {
  const said = messages.map(boundMessage)
  return `sha256:${sha256(canonicalJson({ action, params, touches, said, effect: boundEffect(effect) }))}`
}

/** As this agent words it; a message without words as its code. */
export function sentencesOf(messages: readonly Message[], words: Words): readonly string[] {
  return messages.map((message) => textOf(words, message) ?? codeText(message))
}

/** Also of a message inside a message, what was measured is left out. */
function boundMessage({ code, values }: Message): object {
  const bound = Object.entries(values).map(([name, value]) => [name, boundValue(value)])
  return { code, values: Object.fromEntries(bound) }
}

function boundValue(value: Value): unknown {
  if (typeof value === 'string' || typeof value === 'number') return value
  return isMessage(value) ? boundMessage(value) : value.map(boundValue)
}

function boundEffect(effect: EffectProbe | null): object | null {
  if (effect === null) return null
  const { probe, params, expect, measured = [] } = effect
  const bound = Object.entries(params).filter(([name]) => !measured.includes(name))
  return { probe, expect, params: Object.fromEntries(bound) }
}
