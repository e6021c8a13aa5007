import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { builtInMenu, formatMistake, parseDrill } from '@chaos-lite/shared'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../../shared/test/eventually.ts'
import { loadDrills } from '../../src/services/drills.ts'
import { WorkPool } from '../../src/workers/work-pool.ts'
import { drillText } from '../support/controller.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Its threads are started for large texts only. */
const workers = new WorkPool()

async function setUp(files: Record<string, string>) {
  const folder = temporaryFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const problems: string[] = []
  const drills = await loadDrills({ folder, menu: () => null, workers, onProblem: (message) => problems.push(message) })
  onTestFinished(() => drills.close())
  return { folder, drills, problems }
}

describe('the folder of drills', () => {
  test('offers each file; one with mistakes is listed with them and cannot be planned', async () => {
    const broken = drillText.replace('ask-the-people', 'broken').replace('version: 1', 'version: 0')
    const { drills } = await setUp({ 'a.yaml': drillText, 'broken.yml': broken, 'README.md': 'not a drill' })
    expect(drills.all().map((drill) => drill.name)).toEqual(['ask-the-people', 'broken'])
    expect((await drills.plannable('ask-the-people')).drill.title).toBe('Ask the people')
    expect(drills.view('broken').mistakes[0]).toMatch(/^[^/:]+\/broken\.yml:2:/)
    await expect(drills.plannable('broken')).rejects.toThrow(expect.objectContaining({ code: 'drill-invalid' }))
    expect(() => drills.view('none')).toThrow(expect.objectContaining({ code: 'not-found' }))
  })

  test('a name that no known host offers is a mistake when planning, with the nearest one', async () => {
    const text = drillText
      .replace('targets: {}', 'targets:\n  erp: { where: { role: erp }, exactly: 1 }')
      .replace('method:', 'method:\n  - { inject: service.stopp, on: erp, with: { service: nginx }, hold: 15m }')
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.yaml'), text)
    const item = { name: 'service.stop', summary: 's', needs: [], params: { type: 'object' } }
    const menu = { actions: [item], probes: [], exercises: [] }
    const drills = await loadDrills({ folder, menu: () => menu, workers, onProblem: () => undefined })
    onTestFinished(() => drills.close())
    const refusal = {
      code: 'drill-invalid',
      items: [expect.objectContaining({ message: expect.stringContaining('did you mean `service.stop`') })],
    }
    await expect(drills.plannable('ask-the-people')).rejects.toThrow(expect.objectContaining(refusal))
  })

  test('the list, the plan and `drill validate` find the same mistakes, with the same path', async () => {
    const text = drillText
      .replace('version: 1', 'version: 0')
      .replace('targets: {}', 'targets:\n  erp: { where: { role: erp }, exactly: 1 }')
      .replace('method:', 'method:\n  - { inject: service.stop, on: erp, with: { servise: nginx }, hold: 15m }')
    const { folder, drills } = await setUp({ 'a.yaml': text })
    const file = `${basename(folder)}/a.yaml`
    const parsed = parseDrill(text, { file, menu: builtInMenu })
    const wanted = parsed.ok ? [] : parsed.mistakes
    expect(wanted.length).toBeGreaterThan(1)
    expect(drills.view('a').mistakes).toEqual(wanted.map(formatMistake))
    expect(await drills.validate(text, file, 'alice')).toEqual(wanted)
    const items = wanted.map((one) => expect.objectContaining({ message: formatMistake(one) }))
    await expect(drills.plannable('a')).rejects.toThrow(expect.objectContaining({ items }))
  })

  test('of two files with one name the first counts, and the other is reported', async () => {
    const { drills, problems } = await setUp({ 'a.yaml': drillText, 'b.yaml': drillText.replace('Ask', 'Shout at') })
    expect(drills.all()).toHaveLength(1)
    expect(drills.view('ask-the-people').title).toBe('Ask the people')
    expect(problems).toEqual([expect.stringContaining('b.yaml')])
  })

  test('a file that is too large or cannot be read is left out, and the others stay', async () => {
    const { drills, problems } = await setUp({ 'a.yaml': drillText, 'huge.yaml': 'x'.repeat(300_000) })
    expect(drills.all()).toHaveLength(1)
    expect(problems).toEqual([expect.stringContaining('huge.yaml')])
  })

  test('a large file is read beside the event loop, with the same answer', async () => {
    const long = drillText.replace('why: ', `why: ${'very '.repeat(100)}`).concat(`# ${'x'.repeat(5_000)}\n`)
    const { drills } = await setUp({ 'a.yaml': long, 'b.yaml': `${long.replace('ask-the', 'tell-the')}abort: 7\n` })
    expect((await drills.plannable('ask-the-people')).drill.title).toBe('Ask the people')
    await expect(drills.plannable('b')).rejects.toThrow(expect.objectContaining({ code: 'drill-invalid' }))
  })

  test('changes are seen', async () => {
    const { folder, drills } = await setUp({ 'a.yaml': drillText })
    writeFileSync(join(folder, 'a.yaml'), drillText.replace('version: 1', 'version: 2'))
    await eventually(() => expect(drills.view('ask-the-people').version).toBe(2))
  })

  test('a folder that vanishes leaves what was known', async () => {
    const { folder, drills, problems } = await setUp({ 'a.yaml': drillText })
    rmSync(folder, { recursive: true })
    await drills.reload()
    expect(drills.all()).toHaveLength(1)
    expect(problems.length).toBeGreaterThan(0)
    mkdirSync(folder)
  })

  test('that is not there is a clear sentence', async () => {
    const missing = loadDrills({ folder: '/nowhere/drills', menu: () => null, workers, onProblem: () => undefined })
    await expect(missing).rejects.toThrow('--drills')
  })
})
