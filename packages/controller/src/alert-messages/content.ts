import { type Content, isObject } from './reading.ts'

/** A message as it came. */
export interface AlertMessage {
  readonly body: Uint8Array
  readonly contentType: string
}

/** No monitoring system sends more at the top of a message; further ones are not looked at. */
const MOST_FIELDS = 1_000
const VALUE_CHARS = 1_000

/** Takes a message apart: a JSON object, a form, or the field `data` of a multipart form. Otherwise, why not. */
export function contentOf({ body, contentType }: AlertMessage): Content | { readonly why: string } {
  const text = new TextDecoder().decode(body).trim()
  if (text === '') return { why: 'it is empty' }
  const boundary = /^multipart\/form-data\b.*;\s*boundary="?([^";]{1,200})"?/is.exec(contentType.slice(0, 500))?.[1]
  if (boundary !== undefined) return ofMultipart(text, boundary)
  if (/^[[{]/.test(text)) return ofJson(text)
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) return ofForm(text)
  return { why: 'it is neither JSON nor a form' }
}

function ofJson(text: string): Content | { readonly why: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { why: 'it is no valid JSON' }
  }
  return isObject(value) ? taken(value, [...firstFields(value)]) : { why: 'it is no JSON object' }
}

/** Not all of them at once: a megabyte has room for a hundred thousand names. */
function* firstFields(value: Readonly<Record<string, unknown>>): Generator<[string, unknown]> {
  let count = 0
  for (const name in value) {
    count += 1
    if (count > MOST_FIELDS) return
    if (Object.hasOwn(value, name)) yield [name, value[name]]
  }
}

function ofForm(text: string): Content | { readonly why: string } {
  // Counted first, so that a megabyte of separators is not taken apart.
  const pairs = text.split('&', MOST_FIELDS + 1)
  if (pairs.length > MOST_FIELDS) return { why: `it has more than ${MOST_FIELDS} fields` }
  const entries = [...new URLSearchParams(text)]
  return taken(Object.fromEntries(entries), entries)
}

/** Only the field `data`, in which JSON is sent. */
function ofMultipart(text: string, boundary: string): Content | { readonly why: string } {
  for (const part of text.split(`--${boundary}`, MOST_FIELDS)) {
    const end = part.search(/\r?\n\r?\n/)
    if (
      end < 0 ||
      !/^content-disposition:[^\n]*;\s*name="?data"?\s*(?:;|\r?$)/im.test(part.slice(0, Math.min(end, 2_000)))
    )
      continue
    return ofJson(part.slice(end).trim())
  }
  return { why: 'its form has no field "data"' }
}

function taken(value: Readonly<Record<string, unknown>>, entries: readonly [string, unknown][]): Content {
  const fields = new Map<string, string>()
  for (const [name, one] of entries) {
    if (!['string', 'number', 'boolean'].includes(typeof one)) continue
    const key = plainName(name)
    const text = String(one).trim().slice(0, VALUE_CHARS)
    const before = fields.get(key)
    // Who says two things has said neither.
    fields.set(key, before === undefined || before === text ? text : `${before} and ${text}`.slice(0, VALUE_CHARS))
  }
  return { value, fields, names: entries.map(([name]) => name.slice(0, VALUE_CHARS)) }
}

/** `NOTIFY_` and `NAGIOS_` are what Checkmk and Nagios put before names in the environment. */
function plainName(name: string): string {
  return name
    .slice(0, 200)
    .replace(/^(?:NOTIFY|NAGIOS)_/i, '')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
}
