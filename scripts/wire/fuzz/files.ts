import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatMistake, parseDrill } from '@chaos-lite/shared'
import { openJournal } from '../../../packages/agent/src/journal/file-journal.ts'
import type { RecordHead } from '../../../packages/agent/src/journal/record.ts'
import { createOutbox } from '../../../packages/agent/src/outbox/index.ts'
import { loadPolicy, starterPolicy } from '../../../packages/agent/src/policy-file/index.ts'
import { root } from '../../build/places.ts'
import { mutateBytes } from './mutate.ts'
import type { FuzzTarget, OpenTarget } from './target.ts'

const RECORD = '01J0000000000000000000000A'
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u
const clock = { bootId: 'fuzz', monoMs: () => performance.now(), wallMs: () => Date.now() }

/** A target that takes one case at a time. */
function oneByOne(one: () => Promise<void>, said: string): FuzzTarget {
  return {
    async some(count) {
      for (let done = 0; done < count; done += 1) await one()
      return count
    },
    settle: async () => said,
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** An undo record with any damage is the same record, or unreadable: never another one, and never nothing. */
export const journal: OpenTarget = async ({ folder, random }) => {
  const opened = openJournal(join(folder, 'journal'), () => clock.wallMs())
  const stage = await opened.stage(RECORD)
  await writeFile(join(stage.folder, 'image'), 'the saved original\n')
  const { folder: place } = await stage.commit(head, 'by hand')
  await opened.mark(RECORD, 'injecting')
  await opened.mark(RECORD, 'injected')
  const names = ['head.json', 'progress.jsonl', 'image'] as const
  const whole = new Map<string, Buffer>()
  for (const name of names) whole.set(name, await readFile(join(place, name)))
  return oneByOne(async () => {
    const name = random.pick(names)
    const good = whole.get(name) ?? Buffer.alloc(0)
    const bad = mutateBytes(random, good)
    await writeFile(join(place, name), bad)
    const { records, unreadable } = await opened.list()
    await writeFile(join(place, name), good)
    if (records.length + unreadable.length !== 1)
      throw new Error(`${name}: nothing is reported of a record that is open`)
    const [record] = records
    if (record && JSON.stringify(record.head) !== JSON.stringify(head)) throw new Error(`${name}: another record`)
    if (record && name !== 'progress.jsonl' && !bad.equals(good)) throw new Error(`${name}: the damage was not noticed`)
    if (record && record.state === 'armed') throw new Error('a begun record reads as one that changed nothing')
  }, 'every record was itself, or unreadable')
}

/** A damaged outbox never throws, never invents a fact, and hands out what lies before the damage. */
export const outbox: OpenTarget = async ({ folder, random }) => {
  const place = join(folder, 'outbox')
  const written = createOutbox({ folder: place, clock })
  for (let n = 0; n < 20; n += 1) {
    await written.report({
      type: 'refused',
      runId: null,
      stepId: null,
      command: `n${n}`,
      code: 'x',
      rule: '',
      reason: 'y',
    })
  }
  await written.close()
  const segment = join(place, written.epoch, '000001.jsonl')
  const whole = await readFile(segment)
  const end = whole.lastIndexOf(0x0a) + 1
  const lines = whole.subarray(0, end).toString('utf8').split('\n').slice(0, -1)
  return oneByOne(async () => {
    const bad = mutateBytes(random, whole.subarray(0, end))
    await mkdir(join(place, written.epoch), { recursive: true })
    await writeFile(segment, bad)
    const opened = createOutbox({ folder: place, clock: { ...clock, bootId: 'later' } })
    const reader = await opened.reader()
    const read: string[] = []
    for (let some = await reader.read({ facts: 50, bytes: 65_536 }); some.length > 0; ) {
      read.push(...some.map(({ line }) => line))
      some = await reader.read({ facts: 50, bytes: 65_536 })
    }
    await opened.close()
    const sound = whole.findIndex((byte, at) => bad[at] !== byte)
    const before = lines.filter((_, n) => lines.slice(0, n + 1).join('\n').length < sound)
    if (!before.every((line, n) => read[n] === line)) throw new Error('a fact before the damage was not handed out')
    if (read.length > lines.length + 3) throw new Error('facts were invented')
  }, 'nothing was invented, and what lay before the damage was sent')
}

/** A damaged policy allows no more than a host without one, or says what it allows in printable words. */
export const policy: OpenTarget = async ({ folder, random }) => {
  const path = join(folder, 'policy.yaml')
  const good = Buffer.from(starterPolicy({ profile: 'web-server' }))
  const asked = {
    ...({ kind: 'action', name: 'service.stop', harmless: false } as const),
    questions: [{ kind: 'service', value: 'never-named.service' } as const],
    ...{ holdMs: 1_000, wallMs: clock.wallMs() },
  }
  return oneByOne(async () => {
    await writeFile(path, mutateBytes(random, good), { mode: 0o644 })
    const loaded = loadPolicy(path)
    const ruling = loaded.allows(asked)
    if (ruling.allowed) throw new Error('a service was allowed that no line names')
    const said = [
      ruling.reason,
      ruling.rule,
      ...loaded.warnings,
      ...loaded.dangers().map((danger) => JSON.stringify(danger)),
    ]
    if (!said.every((text) => PRINTABLE.test(text))) throw new Error('words that are not printable')
  }, 'nothing was allowed that no line names')
}

/** Any damage to a drill file is judged with a place in the file, or the drill is still one. */
export const drill: OpenTarget = async ({ random }) => {
  const names = ['failover-friday-dns', 'backup-restore-timing', 'permission-purge'] as const
  const texts = await Promise.all(names.map((name) => readFile(join(root, 'drills', `${name}.yaml`))))
  const [first, ...others] = texts
  if (first === undefined) throw new Error('There are no drills.')
  return oneByOne(async () => {
    const parsed = parseDrill(mutateBytes(random, random.pick([first, ...others])), { file: 'x.yaml', menu: null })
    if (parsed.ok) return
    if (!parsed.mistakes.every((mistake) => /^x\.yaml:\d+:\d+: ./.test(formatMistake(mistake))))
      throw new Error('no place')
  }, 'every mistake has its place')
}

const head: RecordHead = {
  ...{ format: 1, recordId: RECORD, runId: null, stepId: 'rehearsal', action: 'toy.write', undoVersion: 1 },
  ...{ params: { path: '/tmp/x' }, undo: { before: 'b', after: 'a' }, touches: ['file:/tmp/x'], sentences: ['x.'] },
  ...{ bootId: 'fuzz', preparedWallMs: 1_790_000_000_000, holdMs: 1, injectMs: 1, revertMs: 1 },
  ...{ revertByWallMs: 1_790_000_006_000, revertByMonoMs: 6_000, onLinkLoss: 'revert', agentVersion: '0.1.0' },
}
