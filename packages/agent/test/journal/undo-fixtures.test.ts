import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { actions, undoOf } from '../../src/actions/index.ts'
import { linuxFiles } from '../../src/host/linux/files/index.ts'
import { openJournal } from '../../src/journal/file-journal.ts'
import { newProgress } from '../../src/journal/progress.ts'
import { readRecord } from '../../src/journal/read-record.ts'
import { seal, unseal } from '../../src/journal/sealed.ts'
import { toyWorld } from '../fixtures/toy-engine.ts'
import { becomeAfter, hostOf, partsNow, type Scene } from '../fixtures/undo/scene-host.ts'
import { plantTree, settleTimes, stampsOf } from '../fixtures/undo/tree.ts'
import { hasAcl, isRoot, manifest, temporaryFolder } from '../host/support.ts'

const place = join(import.meta.dirname, '../fixtures/undo')

interface Fixture {
  readonly name: string
  readonly folder: string
  readonly recordId: string
  readonly scene: Scene
}

function fixtures(): readonly Fixture[] {
  const versions = readdirSync(place).filter((name) => /^v\d+$/.test(name))
  return versions.flatMap((version) => {
    const names = readdirSync(join(place, version), { withFileTypes: true }).filter((each) => each.isDirectory())
    return names.map(({ name }) => {
      const folder = join(place, version, name)
      const recordId = readdirSync(folder).find((each) => each !== 'host.json') ?? ''
      const scene = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8')) as Scene
      return { name: `${version}/${name}`, folder, recordId, scene }
    })
  })
}

/** Every object that names a file of the recording machine names the same file of this one. */
function asHere(value: unknown, stamps: ReturnType<typeof stampsOf>): unknown {
  if (Array.isArray(value)) return value.map((each) => asHere(each, stamps))
  if (typeof value === 'string') return factsHere(value, stamps)
  if (typeof value !== 'object' || value === null) return value
  const found = Object.entries(value).map(([key, each]) => [key, asHere(each, stamps)] as const)
  const here = Object.entries(stamps.get(String((value as { inode?: unknown }).inode)) ?? {})
  // Not every record keeps all of them.
  return { ...Object.fromEntries(found), ...Object.fromEntries(here.filter(([key]) => key in value)) }
}

/** A note of a file in one text: its kind, inode number, size and the time of its last change. */
function factsHere(text: string, stamps: ReturnType<typeof stampsOf>): string {
  const [, kind, id = '', size] = /^(\w+) (\d+) (\d+) \d{19}$/.exec(text) ?? []
  const here = stamps.get(id)
  return here === undefined ? text : `${kind} ${here.inode} ${size} ${here.changedNs}`
}

/** The host of a fixture with the failure in place, and a journal that holds the record; how it was before, as well. */
async function revive({ folder, recordId, scene }: Fixture, bootId = scene.bootId) {
  const work = await temporaryFolder()
  const [root, untouched] = [join(work, 'host'), join(work, 'untouched')]
  plantTree(untouched, scene.before.files)
  await settleTimes(untouched, scene.before.files)
  plantTree(root, scene.after.files)
  await settleTimes(root, scene.after.files, scene.before.files)
  const host = hostOf(root, { ...scene, bootId })
  const partsBefore = settled(await partsNow(host, scene.before))
  await becomeAfter(host, scene)
  await mkdir(join(work, 'agent'))
  const world = toyWorld({}, { host, actions }, join(work, 'agent'))
  const record = join(world.paths.journal, recordId)
  await cp(join(folder, recordId), record, { recursive: true })
  const stamps = stampsOf(root, scene.after.files)
  for (const name of await readdir(record)) {
    const text = await readFile(join(record, name), 'utf8')
    if (name === 'head.json') await writeFile(join(record, name), seal(asHere(unseal(text), stamps)))
    else if (name.endsWith('.json'))
      await writeFile(join(record, name), JSON.stringify(asHere(JSON.parse(text), stamps)))
  }
  await writeFile(join(record, 'progress.jsonl'), newProgress(recordId, 1))
  const journal = openJournal(world.paths.journal)
  for (const state of ['injecting', 'injected'] as const) await journal.mark(recordId, state)
  const isAsBefore = async () => {
    expect(look(await manifest(root))).toEqual(look(await manifest(untouched)))
    expect(settled(await partsNow(host, scene.before))).toEqual(partsBefore)
  }
  return { world, host, root, isAsBefore }
}

/** Folders in `/run` get another time with whatever any program writes there. */
function look(seen: Readonly<Record<string, string>>) {
  const withoutTime = (facts: string) => facts.replace(/^(4\d+ \| [\d:]+ \| )\d+/, '$1')
  return Object.entries(seen).map(([name, facts]) => {
    const said = facts.replace(/# file: [^,]*/, '')
    return [name, name.startsWith('/run') ? withoutTime(said) : said]
  })
}

/** A service that runs again is another start of it. */
function settled({ services, ...rest }: Awaited<ReturnType<typeof partsNow>>) {
  const states = Object.values(services ?? {}).map(({ name, activeState, subState, enabledState }) => ({
    ...{ name, activeState, subState, enabledState },
  }))
  return { ...rest, states }
}

/** No list of what was restored belongs to these, so that the copy may hold somebody's work: it is kept. */
const copies: Readonly<Record<string, string>> = {
  'v1/data.quarantine.restored': '/srv/data',
  'v2/data.quarantine.restored': '/srv/data',
}

/** What is kept beside the original is no part of how the host was before. */
async function takeOut(root: string, place: string, { before }: Scene): Promise<void> {
  await rm(join(root, place), { recursive: true })
  await linuxFiles.setMtime(dirname(join(root, place)), before.files[dirname(place)]?.mtimeNs ?? '0')
}

const all = fixtures()

describe('an undo record that an earlier program wrote', () => {
  test.each(actions.map(({ name }) => name))('is kept for %s', (name) => {
    expect(all.map((fixture) => fixture.name.replace(/^v\d+\//, ''))).toContain(name)
  })

  test.each(all)('is read: $name', async ({ folder, recordId }) => {
    const { head } = await readRecord(join(folder, recordId))
    const action = actions.find(({ name }) => name === head.action)
    if (action === undefined) throw new Error(`${head.action} was known once, and is not known any more`)
    expect(undoOf(action, head)).toMatchObject(head.undo as object)
    expect(action.byHand(undoOf(action, head), '/var/lib/chaos-lite/journal/record').length).toBeGreaterThan(0)
  })

  // Owners and access lists of the recorded files can be set by root only.
  describe.runIf(isRoot && hasAcl)('is reverted', () => {
    test.each(all)('$name', async (fixture) => {
      const { world, root, isAsBefore } = await revive(fixture)
      await using engine = world.engine
      const [outcome] = await engine.revert({}, 'by hand')
      const copy = copies[fixture.name]
      if (copy === undefined) expect(outcome).toMatchObject({ restoration: 'identical', kept: [] })
      else {
        const place = `${copy}.kept-${fixture.recordId}`
        expect(outcome).toMatchObject({ restoration: 'ours undone', kept: [expect.stringContaining(place)] })
        await takeOut(root, place, fixture.scene)
      }
      await isAsBefore()
      expect((await engine.standings()).records).toEqual([])
    })

    test('after the restart of a host whose services did not all come back', async () => {
      const fixture = all.find(({ name }) => name === 'v1/host.restart')
      if (fixture === undefined) throw new Error('no fixture of host.restart')
      const { world, host, isAsBefore } = await revive(fixture, 'another-boot')
      host.machine.waiting.clear()
      host.machine.states.set('cron.service', 'inactive')
      await using engine = world.engine
      expect(await engine.recover()).toMatchObject([{ restoration: 'identical' }])
      await isAsBefore()
    })
  })
})
