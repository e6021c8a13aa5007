import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createOutbox } from '../../src/outbox/index.ts'
import { begun, clock, commands, everything, leaseLost, refused, temporaryFolder } from './support.ts'

const run = promisify(execFile)

/** A file system of 2 MiB, so that it can be full without anybody else noticing. Needs root. */
async function smallDisk(): Promise<
  ({ path: string; fill(): Promise<void>; free(): Promise<void> } & AsyncDisposable) | null
> {
  const folder = await temporaryFolder()
  const path = join(folder.path, 'disk')
  await mkdir(path)
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'chaos-lite-test', path]).catch(
    () => null,
  )
  if (!mounted) return null
  const ballast = join(path, 'ballast')
  return {
    path,
    fill: () => writeFile(ballast, Buffer.alloc(8 * 1024 * 1024)).catch(() => {}),
    free: () => rm(ballast),
    [Symbol.asyncDispose]: async () => {
      await run('umount', ['-l', path])
      await folder[Symbol.asyncDispose]()
    },
  }
}

const possible = process.getuid?.() === 0 && process.platform === 'linux'

test.skipIf(!possible)(
  'on a full disk ordinary facts are refused, facts about what was done are kept, and later all goes on',
  async (context) => {
    await using disk = await smallDisk()
    if (!disk) return context.skip('mounting is not allowed here')
    const folder = join(disk.path, 'outbox')
    await using outbox = createOutbox({ folder, clock })
    await outbox.report(refused(0))
    await expect.poll(async () => (await run('ls', [folder])).stdout).toContain('reserve')
    await disk.fill()
    // The segment in use and the one behind it hold 512 KiB.
    const long = 'x'.repeat(1000)
    const outcomes = await settle(600, (n) => outbox.report(refused(n, long)))
    expect(outcomes.filter((code) => code === 'storage-full').length).toBeGreaterThan(0)
    expect(new Set(outcomes)).toEqual(new Set(['kept', 'storage-full']))
    await outbox.report(leaseLost())
    await outbox.report(begun())
    const facts = await everything(outbox)
    expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, index) => index))
    expect(facts).toHaveLength(3 + outcomes.filter((code) => code === 'kept').length)
    await disk.free()
    await outbox.report(refused(601))
    expect(commands(await everything(outbox)).at(-1)).toBe('number-601')
  },
)

test.skipIf(!possible)(
  'on a full disk a fresh process can still report what it rolled back, in the room set aside',
  async (context) => {
    await using disk = await smallDisk()
    if (!disk) return context.skip('mounting is not allowed here')
    const folder = join(disk.path, 'outbox')
    await using agent = createOutbox({ folder, clock })
    await agent.report(refused(0))
    await expect.poll(async () => (await run('ls', [folder])).stdout).toContain('reserve')
    await disk.fill()
    await using revert = createOutbox({ folder, clock })
    await revert.report(leaseLost())
    await using another = createOutbox({ folder, clock })
    await expect(another.report(leaseLost())).rejects.toMatchObject({ code: 'storage-full' })
    expect(await everything(agent)).toHaveLength(2)
  },
)

test.skipIf(!possible)('on a full disk what is kept gives its room to facts that wait', async (context) => {
  await using disk = await smallDisk()
  if (!disk) return context.skip('mounting is not allowed here')
  const folder = join(disk.path, 'outbox')
  await using outbox = createOutbox({ folder, clock })
  const long = 'x'.repeat(1000)
  expect(new Set(await settle(500, (n) => outbox.report(refused(n, long))))).toEqual(new Set(['kept']))
  await outbox.acknowledge({ epoch: outbox.epoch, seq: 498 })
  await disk.fill()
  // More than the segment in use and the one behind it hold.
  expect(new Set(await settle(400, (n) => outbox.report(refused(n, long))))).toEqual(new Set(['kept']))
})

async function settle(count: number, begin: (n: number) => Promise<void>): Promise<string[]> {
  const outcomes: string[] = []
  for (let n = 1; n <= count; n++) {
    outcomes.push(
      await begin(n).then(
        () => 'kept',
        (error) => error.code,
      ),
    )
  }
  return outcomes
}
