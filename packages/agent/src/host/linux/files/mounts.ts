import { readFile } from 'node:fs/promises'

/** Mount points at or below `path`, from the kernel's table of this process (`man 5 proc_pid_mountinfo`). */
export async function mountPointsUnder(path: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return mountPoints(table).filter((point) => point === path || point.startsWith(path === '/' ? '/' : `${path}/`))
}

/** The fifth field of each line; space, tab, line feed and backslash are written in octal. */
export function mountPoints(table: string): readonly string[] {
  return table
    .split('\n')
    .map((row) => row.split(' ')[4])
    .filter((field) => field !== undefined)
    .map((field) =>
      field.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
}
