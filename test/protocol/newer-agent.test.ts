import { readFileSync } from 'node:fs'
import { AgentFrame, decode } from '@chaos-lite/shared'
import { expect, test } from 'vitest'

/** The inventory of an agent of a later version: it has an ability, an action and a platform that nothing here knows. */
const recorded = readFileSync('test/protocol/recorded/inventory-0.9.0.json', 'utf8')

test('the inventory of a newer agent is understood, with the abilities and the platform that this version has never heard of', () => {
  const frame = decode(AgentFrame, JSON.stringify(JSON.parse(recorded)))
  expect(frame).toMatchObject({
    ok: true,
    frame: {
      inventory: {
        platform: 'tomorrow',
        menu: {
          actions: expect.arrayContaining([expect.objectContaining({ name: 'registry.change', needs: ['registry'] })]),
        },
        offers: [{ name: 'registry.change', why: 'the registry of this host cannot be read' }],
      },
    },
  })
})

test.each(['Registry', '', 'a b', 'x'.repeat(33), 'registry\u202e'])('%j is no name of an ability', (name) => {
  const frame = JSON.parse(recorded)
  frame.inventory.menu.actions[0].needs = [name]
  expect(decode(AgentFrame, JSON.stringify(frame)).ok).toBe(false)
})
