import { canonicalJson } from '@chaos-lite/shared'
import { codeText, type Message, textOf, type Words } from '@chaos-lite/shared/words'
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
  const said = messages.map(({ code, values }) => ({ code, values }))
  return `sha256:${sha256(canonicalJson({ action, params, touches, said, effect: boundEffect(effect) }))}`
}

/** As this agent words it; a message without words as its code. */
export function sentencesOf(messages: readonly Message[], words: Words): readonly string[] {
  return messages.map((message) => textOf(words, message) ?? codeText(message))
}

function boundEffect(effect: EffectProbe | null): object | null {
  if (effect === null) return null
  const { probe, params, expect, measured = [] } = effect
  const bound = Object.entries(params).filter(([name]) => !measured.includes(name))
  return { probe, expect, params: Object.fromEntries(bound) }
}
