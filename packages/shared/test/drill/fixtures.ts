import { readdirSync, readFileSync } from 'node:fs'
import * as z from 'zod'
import { type Drill, formatMistake, type Menu, type MenuItem, parseDrill } from '../../src/index.ts'

const drills = new URL('../../../../drills/', import.meta.url)

/** The drills that are shipped, by file name. */
export const shippedDrills: readonly { readonly file: string; readonly text: string }[] = readdirSync(drills)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file, text: readFileSync(new URL(file, drills), 'utf8') }))

function item(name: string, params: z.ZodType, fields?: string[]): MenuItem {
  const value = fields?.map((field) => ({ field, meaning: field }))
  const schema = z.toJSONSchema(params) as MenuItem['params']
  return { name, summary: name, needs: [], params: schema, ...(value === undefined ? {} : { value }) }
}

/** A small menu of the same kind as an agent's. */
export const menu: Menu = {
  actions: [
    item('service.stop', z.strictObject({ service: z.string().regex(/^[a-z]+$/) })),
    item(
      'hosts.override',
      z.strictObject({ entries: z.array(z.strictObject({ name: z.string(), address: z.string() })).min(1) }),
    ),
  ],
  exercises: [
    item('backup.restore', z.strictObject({ repository: z.string(), into: z.enum(['scratch', 'place']).optional() })),
  ],
  probes: [
    item('http', z.strictObject({ url: z.string() }), ['status', 'totalMs']),
    item('tcp', z.strictObject({ host: z.union([z.ipv4(), z.string()]), port: z.int().min(1).max(65_535) })),
    item('service', z.strictObject({ service: z.string() })),
    item('clock', z.strictObject({})),
  ],
}

/** A small drill that has no mistake. */
export const goodDrill = `drill: web-down
version: 1
title: The web server is down
why: Does anybody notice?
params:
  service: { type: serviceName, ask: Which service?, default: nginx }
  hold: { type: duration, ask: How long?, default: 5m }
targets:
  web: { where: { role: web }, exactly: 1 }
  desk: { where: { role: desk }, atMost: 3 }
objectives:
  switch: { within: 60s }
steadyState:
  page:
    probe: http
    on: desk
    with: { url: "http://web.example.test/" }
    every: 1s
    expect: { status: 200 }
watch:
  printer: { probe: tcp, on: desk, with: { host: printer.example.test, port: 9100 } }
method:
  - inject: service.stop
    on: web
    with: { service: "\${params.service}" }
    hold: "\${params.hold}"
    effect: { probe: page, expect: down }
  - expectAlert: The monitoring system reports it
    within: 1m
  - ask: Can you work?
    of: desk
    within: 4m
abort:
  - { probe: page, failsInARow: 120 }
`

/** The good drill with one piece of text changed; refuses a change that changes nothing. */
export function changed(from: string, to: string, text = goodDrill): string {
  if (!text.includes(from)) throw new Error(`The drill has no "${from}"`)
  return text.replace(from, () => to)
}

/** All mistakes of a text, as people see them. */
export function mistakesOf(text: string | Uint8Array, withMenu: Menu | null = null): string[] {
  const parsed = parseDrill(text, { file: 'x.yaml', menu: withMenu })
  return parsed.ok ? [] : parsed.mistakes.map(formatMistake)
}

export function warningsOf(text: string): string[] {
  return parseDrill(text, { file: 'x.yaml', menu: null }).warnings.map(formatMistake)
}

/** The drill in a text that must have no mistake. */
export function drillOf(text: string): Drill {
  const parsed = parseDrill(text, { file: 'x.yaml', menu: null })
  if (!parsed.ok) throw new Error(parsed.mistakes.map(formatMistake).join('\n'))
  return parsed.drill
}
