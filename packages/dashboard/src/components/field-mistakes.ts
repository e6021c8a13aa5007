import { issueText } from '@chaos-lite/shared'
import { useState } from 'react'
import type * as z from 'zod'
import { goToMistake } from './form-mistakes.tsx'

/** What a request's schema says of each field, in the words of the controller; one sentence for a field. */
export function fieldMistakes(schema: z.ZodType, value: unknown): Readonly<Record<string, string>> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return {}
  const found = parsed.error.issues.map(issueText).map(({ where, message }) => [where, asSentence(message)] as const)
  // Of several about a field, the first is shown.
  return Object.fromEntries(found.reverse())
}

/** `must have at least 12 characters`, to stand below the field that it is about. */
function asSentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`
}

/** What a field of the form needs to know. */
interface Field {
  readonly error: string | null
  readonly onBlur: () => void
  readonly 'data-field': string
}

/** A form's mistakes: one is shown once its field was left, all of them once somebody asked to go on. */
export function useFieldMistakes(mistakes: Readonly<Record<string, string>>) {
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set())
  const [asked, setAsked] = useState(false)
  const field = (name: string): Field => ({
    error: asked || left.has(name) ? (mistakes[name] ?? null) : null,
    onBlur: () => setLeft(new Set([...left, name])),
    'data-field': name,
  })
  /** May the form be sent? Otherwise the first mistake is brought before the reader. */
  const check = (form: HTMLFormElement): boolean => {
    setAsked(true)
    const right = Object.keys(mistakes).length === 0
    if (!right) goToMistake(form, mistakes)
    return right
  }
  return { field, check }
}
