import { readFileSync } from 'node:fs'
import { AgentFrame, CloseCode, ControllerFrame } from '@chaos-lite/shared'
import { IncidentKind } from '@chaos-lite/shared/api'
import { expect, test } from 'vitest'

const page = readFileSync('docs/reference/protocol.md', 'utf8')
const rows = page.split('\n').filter((line) => line.startsWith('|'))

const typesOf = (frame: typeof AgentFrame | typeof ControllerFrame) =>
  frame.options.map((option) => option.shape.type.value)
const types = [...new Set([...typesOf(AgentFrame), ...typesOf(ControllerFrame)])]

test.each(types)(
  'the page says of the frame %s where it goes, what for, and what happens when it is violated',
  (type) => {
    const row = rows.find((line) => line.split('|')[1]?.includes(`\`${type}\``))
    expect(
      row?.split('|').map((cell) => cell.trim()),
      type,
    ).toMatchObject({ length: 6 })
  },
)

test.each(Object.entries(CloseCode))('the page says when a link is closed with %s (%i)', (_, code) => {
  expect(page).toContain(String(code))
})

test.each(IncidentKind.options)('the page says what the incident "%s" is', (kind) => {
  expect(page).toContain(`\`${kind}\``)
})
