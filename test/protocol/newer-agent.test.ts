import { readFileSync } from 'node:fs'
import { AgentFrame, builtInMenu, decode, TRAITS_KEYWORD, traitsOf } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import * as z from 'zod'

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

test('what a newer agent says of an action stands where every version of the schema lets it stand', () => {
  const frame = JSON.parse(recorded)
  const first = frame.inventory.menu.actions.find(({ name }: { name: string }) => name === 'registry.change')
  first.params[TRAITS_KEYWORD] = { restartsHost: true, ofLaterVersions: ['more'] }
  expect(decode(AgentFrame, JSON.stringify(frame)).ok).toBe(true)
  expect(traitsOf(first.name, frame.inventory.menu)).toEqual({ restartsHost: true })
  first.traits = { restartsHost: true }
  expect(decode(AgentFrame, JSON.stringify(frame)).ok, 'a field of its own closes the link').toBe(false)
})

test('a host cannot change by its menu what this version knows of an action', () => {
  const frame = JSON.parse(recorded)
  const item = {
    ...frame.inventory.menu.actions[0],
    name: 'service.stop',
    params: { [TRAITS_KEYWORD]: { restartsHost: true } },
  }
  expect(traitsOf('service.stop', { ...frame.inventory.menu, actions: [item] }).restartsHost).toBeUndefined()
  expect(traitsOf('toString', frame.inventory.menu)).toEqual({})
})

test('the parameters of such an action are checked as if nothing more were said', () => {
  const restart = builtInMenu.actions.find(({ params }) => TRAITS_KEYWORD in params)
  const read = z.fromJSONSchema(restart?.params as Parameters<typeof z.fromJSONSchema>[0])
  expect(read.safeParse({ backWithin: '2m' }).success).toBe(true)
  expect(read.safeParse({ unknown: 1 }).success).toBe(false)
})
