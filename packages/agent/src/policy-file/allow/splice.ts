import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { PolicyFile } from '../schema.ts'
import { suggestedLines, written } from '../suggest.ts'
import type { Addition } from './addition.ts'

/*
 * Inserts into the text of a policy where the parser says that something begins or ends. Whoever wrote the file finds
 * every comment, blank line and quote again; what the insertion means is checked by reading the result.
 */

/** The texts to try, best first: each has the addition and everything else as it was. */
export function spliced(text: string, addition: Addition): string[] {
  const document = parseDocument(text, { schema: 'core', keepSourceTokens: true, uniqueKeys: false })
  const map = document.contents
  if (!isMap(map)) return []
  const value = nodeAt(map, addition.key)
  if (value === undefined) return map.flow === true ? [intoFlowMap(text, map, addition)] : newKey(text, map, addition)
  if (addition.kind === 'limit') return isScalar(value) ? [replaced(text, value, addition.value)] : []
  if (!isSeq(value)) return []
  return [value.flow === true ? intoFlowList(text, value, addition) : intoBlockList(text, value, addition)]
}

function nodeAt(map: YAMLMap, key: string): Node | null | undefined {
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key)
  return pair === undefined ? undefined : (pair.value as Node | null)
}

function replaced(text: string, node: Node, value: string): string {
  const [from, to] = node.range ?? [0, 0]
  return text.slice(0, from) + value + text.slice(to)
}

function intoFlowList(text: string, list: YAMLSeq, { key, value }: Addition): string {
  const last = list.items.at(-1) as Node | undefined
  const at = last?.range?.[1] ?? (list.range?.[0] ?? 0) + 1
  return `${text.slice(0, at)}${last === undefined ? '' : ', '}${entryText(key, value)}${text.slice(at)}`
}

function intoBlockList(text: string, list: YAMLSeq, { key, value }: Addition): string {
  const last = list.items.at(-1) as Node | undefined
  const tokens = list.srcToken?.type === 'block-seq' ? list.srcToken.items : []
  // A comment below the list is a token without a dash.
  const dashes = tokens.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'))
  const dash = dashes.at(-1)?.offset
  if (last?.range === undefined || last.range === null || dash === undefined) return text
  const indent = text.slice(text.lastIndexOf('\n', dash - 1) + 1, dash)
  return afterLine(text, last.range[1], `${indent}- ${entryText(key, value)}`)
}

function intoFlowMap(text: string, map: YAMLMap, addition: Addition): string {
  const last = map.items.at(-1)
  const at = ((last?.value ?? last?.key) as Node | undefined)?.range?.[1] ?? 0
  const { kind, key, value } = addition
  return `${text.slice(0, at)}, ${key}: ${kind === 'entry' ? `[${entryText(key, value)}]` : value}${text.slice(at)}`
}

/** Below the comment that the starter left for this key, else at the end. */
function newKey(text: string, map: YAMLMap, addition: Addition): string[] {
  const { kind, key, value } = addition
  const first = (map.items[0]?.key as Node | undefined)?.range?.[0] ?? 0
  const indent = text.slice(text.lastIndexOf('\n', first - 1) + 1, first)
  const lines =
    kind === 'limit'
      ? [`${key}: ${value}`]
      : key === 'ports'
        ? [`${key}:`, `  - ${entryText(key, value)}`]
        : suggestedLines({ [key]: [value] })
  const indented = lines.map((line) => indent + line)
  const below = placeholderEnd(text, key)
  const end = [...meaningOf(key).map((line) => indent + line), ...indented]
  return [...(below === null ? [] : [afterLine(text, below, ...indented)]), atEnd(text, end)]
}

/** Where the lines `# services:` and `#   - nginx.service` of a starter end. */
function placeholderEnd(text: string, key: string): number | null {
  const found = new RegExp(`^# ${key}:.*(?:\\r?\\n#   - .*)*`, 'm').exec(text)
  if (found === null) return null
  const end = found.index + found[0].length
  return text[end - 1] === '\r' ? end - 1 : end
}

function meaningOf(key: string): string[] {
  const field = Object.entries(PolicyFile.shape).find(([name]) => name === key)?.[1]
  return field?.description === undefined ? [] : [`# ${field.description}`]
}

function afterLine(text: string, offset: number, ...lines: readonly string[]): string {
  const eol = eolOf(text)
  const end = text.indexOf('\n', offset)
  if (end === -1) return `${text}${eol}${lines.join(eol)}${eol}`
  return `${text.slice(0, end + 1)}${lines.join(eol)}${eol}${text.slice(end + 1)}`
}

/** Before the mark that ends a document, where there is one. */
function atEnd(text: string, lines: readonly string[]): string {
  const eol = eolOf(text)
  const mark = /^\.\.\.\s*$/m.exec(text)?.index ?? text.length
  const head = text.slice(0, mark)
  const open = head === '' || head.endsWith('\n') ? '' : eol
  return `${head}${open}${eol}${lines.join(eol)}${eol}${text.slice(mark)}`
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

/** A port is a number to a person who reads the file. */
function entryText(key: string, value: string): string {
  return key === 'ports' && /^[1-9]\d*$/.test(value) ? value : written(value)
}
