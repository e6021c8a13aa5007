import { readdir, readFile } from 'node:fs/promises'

/** What one process holds of the memory: all that is resident, and the part that is no page of any file. */
export interface Memory {
  readonly residentKib: number
  readonly anonymousKib: number
}

/** proc(5), smaps_rollup. */
export async function memoryOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kib = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN)
  return { residentKib: kib('Rss'), anonymousKib: kib('Anonymous') }
}

/** Processor time of all threads so far, in milliseconds: the first figure of their schedstat is in nanoseconds. */
export async function cpuMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`)
  const each = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')
    return Number(text.split(' ')[0]) / 1e6
  })
  return (await Promise.all(each)).reduce((sum, one) => sum + one, 0)
}
