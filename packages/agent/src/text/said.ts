import { isMessage, type Message, type Value } from '@chaos-lite/shared/words'
import { oneLine } from './printable.ts'

const MOST_CHARS = 1_024
const MOST_ITEMS = 64

type Values = Message['values']

/** A message as the protocol allows it: each value one printable line, bounded; of a list the first 64. */
export function printable({ code, values, estimates }: Message): Message {
  return { code, values: printableValues(values), estimates: printableValues(estimates) }
}

function printableValues(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, printableValue(value)]))
}

function printableValue(value: Value): Value {
  if (typeof value === 'number') return value
  if (typeof value === 'string' || isMessage(value)) return inOneLine(value)
  return value.slice(0, MOST_ITEMS).map(inOneLine)
}

function inOneLine(value: string | Message): string | Message {
  return typeof value === 'string' ? oneLine(value, MOST_CHARS) : printable(value)
}
