import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { type Path, pathText } from '../../path.ts'
import type { Position } from '../mistake.ts'
import type { Json } from '../placeholder.ts'
import type { Located, Placed } from './located.ts'

/** Aliases may repeat parts of a file, so the values are counted, not the characters. */
const MOST_VALUES = 20_000
const DEEPEST = 20

/** Turns a YAML node into plain values, remembering where each stands. Tags, repeated keys and excess are mistakes. */
export function convertNode(
  root: unknown,
  at: (offset: number) => Position,
): { located: Located | null; mistakes: Placed[] } {
  const converter = new Converter(at)
  const value = converter.value(root, [], null)
  const { values, keys, mistakes, excess } = converter
  return { located: excess ? null : { value, values, keys }, mistakes }
}

class Converter {
  readonly values = new Map<string, Position>()
  readonly keys = new Map<string, Position>()
  readonly mistakes: Placed[] = []
  /** Was something left out because there was too much? */
  excess = false
  readonly #anchors = new Map<string, Node>()
  readonly #at: (offset: number) => Position
  #count = 0

  constructor(at: (offset: number) => Position) {
    this.#at = at
  }

  /** `from`: where the alias stands through which this node is read; its parts are reported there. */
  value(node: unknown, path: Path, from: Position | null): Json {
    this.#count += 1
    if (this.#count > MOST_VALUES || this.excess)
      return this.#tooMuch(path, from, `the file holds more than ${MOST_VALUES} values`)
    if (node === null || node === undefined || typeof node !== 'object') return null
    const position = from ?? this.#positionOf(node)
    if (position !== null) this.values.set(pathText(path), position)
    if (path.length > DEEPEST) {
      return this.#tooMuch(path, position, `the file is nested more than ${DEEPEST} levels deep`)
    }
    if (isAlias(node)) return this.#alias(node.source, path, position)
    this.#remember(node as Node, path, position)
    if (isMap(node)) return this.#map(node, path, from)
    if (isSeq(node)) return node.items.map((item, index) => this.value(item, [...path, index], from))
    return isScalar(node) ? scalar(node.value) : null
  }

  #map(node: YAMLMap, path: Path, from: Position | null): Json {
    const entries = new Map<string, Json>()
    for (const pair of node.items) {
      if (!isPair(pair)) continue
      const position = from ?? this.#positionOf(pair.key)
      const key = keyOf(pair)
      if (key === null || key === '__proto__') {
        this.#report(path, position, key === null ? 'a key must be plain text' : 'the key `__proto__` is not allowed')
        continue
      }
      const inner = [...path, key]
      if (entries.has(key)) {
        this.#report(inner, position, `the key \`${key}\` stands twice in one map`)
        continue
      }
      if (position !== null) this.keys.set(pathText(inner), position)
      entries.set(key, this.value(pair.value, inner, from))
    }
    return Object.fromEntries(entries)
  }

  #alias(name: string, path: Path, position: Position | null): Json {
    const target = this.#anchors.get(name)
    if (target !== undefined) return this.value(target, path, position)
    this.#report(path, position, `the alias \`*${name}\` has no anchor before it`)
    return null
  }

  #remember(node: Node, path: Path, position: Position | null): void {
    const { anchor, tag } = node as { anchor?: string; tag?: string }
    if (anchor !== undefined) this.#anchors.set(anchor, node)
    if (tag !== undefined) this.#report(path, position, `the tag \`${tag}\` is not allowed; write the value without it`)
  }

  #tooMuch(path: Path, position: Position | null, message: string): null {
    if (!this.excess) this.#report(path, position, message)
    this.excess = true
    return null
  }

  #positionOf(node: unknown): Position | null {
    const range = (node as { range?: readonly number[] | null } | null)?.range
    return range?.[0] === undefined ? null : this.#at(range[0])
  }

  #report(path: Path, position: Position | null, message: string): void {
    const place = position ?? { line: 1, column: 1 }
    this.mistakes.push({ ...place, path: pathText(path), message, expected: null, nearest: null })
  }
}

function keyOf(pair: Pair): string | null {
  if (!isScalar(pair.key)) return typeof pair.key === 'string' ? pair.key : null
  const { value, source } = pair.key
  return typeof value === 'string' ? value : (source ?? String(value))
}

function scalar(value: unknown): Json {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}
