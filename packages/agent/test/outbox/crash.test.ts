import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createOutbox, digestOf } from '../../src/outbox/index.ts'
import { clock, commands, everything, temporaryFolder } from './support.ts'

const program = fileURLToPath(new URL('./writer-child.ts', import.meta.url))

function startWriter(folder: string): ChildProcess {
  return spawn(process.execPath, [program, folder, clock.bootId], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Kills the writer after it promised `count` facts; returns all that it promised. */
async function killAfter(child: ChildProcess, count: number): Promise<number[]> {
  let text = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk
    if (text.split('\n').length > count) child.kill('SIGKILL')
  })
  await once(child, 'close')
  return text.split('\n').slice(0, -1).map(Number)
}

test.each([1, 60, 700, 1500])(
  'after kill -9 of a writer that promised %i facts, all of them are there and the chain is whole',
  async (count) => {
    await using folder = await temporaryFolder()
    const promised = await killAfter(startWriter(folder.path), count)
    expect(promised.length).toBeGreaterThanOrEqual(count)
    await using outbox = createOutbox({ folder: folder.path, clock })
    const facts = await everything(outbox)
    const found = new Set(commands(facts))
    expect(promised.filter((n) => !found.has(`number-${n}`))).toEqual([])
    expect(outbox.broken()).toEqual([])
    let prev: string | null = null
    for (const [index, { seq, line }] of facts.entries()) {
      expect(seq).toBe(index)
      expect(JSON.parse(line).prev).toBe(prev)
      prev = digestOf(line)
    }
  },
)

test('two writers killed in the same outbox leave two whole epochs', async () => {
  await using folder = await temporaryFolder()
  const [one, two] = await Promise.all([
    killAfter(startWriter(folder.path), 50),
    killAfter(startWriter(folder.path), 50),
  ])
  const facts = await everything(createOutbox({ folder: folder.path, clock }))
  expect(new Set(facts.map(({ epoch }) => epoch)).size).toBe(2)
  expect(facts.length).toBeGreaterThanOrEqual(one.length + two.length)
})
