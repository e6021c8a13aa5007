import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { textOf } from '@chaos-lite/shared/words'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type Action, actions, undoOf } from '../../src/actions/index.ts'
import { explanationDigest, sentencesOf } from '../../src/engine/explanation.ts'
import { explainRestart, restartTexts } from '../../src/engine/over-restart.ts'
import { exercises } from '../../src/exercises/index.ts'

const place = join(import.meta.dirname, '../fixtures/undo')
const Head = z.object({
  line: z.object({
    head: z.object({
      ...{ recordId: z.string(), action: z.string(), undoVersion: z.int() },
      ...{ params: z.unknown(), undo: z.unknown() },
    }),
  }),
})

/** The folder of each fixture in the newest version of the records that has it. */
function newest(): readonly string[] {
  const versions = readdirSync(place).filter((name) => /^v\d+$/.test(name))
  const found = new Map<string, string>()
  for (const version of versions.sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)))) {
    const all = readdirSync(join(place, version), { withFileTypes: true }).filter((each) => each.isDirectory())
    for (const { name } of all) found.set(name, join(place, version, name))
  }
  return [...found.values()]
}

/** Records that real failures left: each action with parameters and an undo record that fit each other. */
const records = newest()
  .flatMap((folder) => readdirSync(folder).map((id) => join(folder, id, 'head.json')))
  .filter((path) => !path.includes('host.json'))
  .map((path) => Head.parse(JSON.parse(readFileSync(path, 'utf8'))).line.head)
  .map((head) => {
    const action = actions.find(({ name }) => name === head.action) as Action
    return { action, params: action.params.parse(head.params), undo: undoOf(action, head) }
  })

test('there is a record of every action', () => {
  expect([...new Set(records.map(({ action }) => action.name))].sort()).toEqual(actions.map(({ name }) => name).sort())
})

describe.each(records)('the explanation of $action.name', ({ action, params, undo }) => {
  const words = { ...action.words, ...restartTexts }
  const messages = [...action.explain(params, undo), ...explainRestart(action)]

  test('has words for every message, and a value for every parameter', () => {
    for (const message of messages) expect(textOf(words, message), message.code).not.toBeNull()
    const text = sentencesOf(messages, words)
    for (const sentence of text) {
      expect(sentence).toMatch(/^[\p{Lu}/\d"a-z].*\.$/su)
      expect(sentence).not.toMatch(/undefined|NaN|\{|\}|, ,| \./)
      expect(sentence.length).toBeLessThanOrEqual(1024)
    }
    expect(text).toMatchSnapshot()
  })

  test('has the same digest in other words, and another one for other values', () => {
    const parts = { action: action.name, params, touches: action.touches(params), messages, effect: null }
    const digest = explanationDigest(parts)
    const reworded = Object.fromEntries(Object.keys(words).map((code) => [code, 'Anders gesagt.']))
    expect(sentencesOf(messages, reworded)).not.toEqual(sentencesOf(messages, words))
    expect(explanationDigest(parts)).toBe(digest)
    expect(explanationDigest({ ...parts, touches: ['file:/another'] })).not.toBe(digest)
    expect(explanationDigest({ ...parts, messages: messages.slice(1) })).not.toBe(digest)
  })
})

test('every text of the catalogue can be read, and is bounded', () => {
  const all = { ...restartTexts }
  for (const { words } of [...actions, ...exercises]) Object.assign(all, words)
  for (const [code, text] of Object.entries(all)) {
    expect(code).toMatch(/^(action|engine|exercise)\.[a-zA-Z.-]{3,80}$/)
    expect(text.length).toBeLessThanOrEqual(1024)
    expect(text).not.toMatch(/<(?!record>)/)
    // A text without parameters must be shown as it is; one with parameters must at least ask for them.
    const shown = textOf(all, { code, values: {}, estimates: {} })
    if (text.includes('{')) expect(shown).toBeNull()
    else expect(shown).toBe(text)
  }
})
