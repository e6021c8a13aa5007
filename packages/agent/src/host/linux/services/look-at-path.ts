import { ChaosError } from '@chaos-lite/shared'
import { run } from '../run.ts'

/** Longer than a local disk needs; a network mount whose server is gone never answers. */
const answerMs = 5_000

/** What a path leads to, links followed. `unseen`: it is there or not, but this account cannot see which. */
export type Seen = { readonly type: string; readonly sizeBytes: number } | 'missing' | 'unseen'

/**
 * Looks at a path that others chose. Each look is a program of its own, which can be ended: a file system that does not
 * answer never holds a thread of this process. Type and size are those of `stat(1)`: `%F`, `%s`.
 * @throws ChaosError `timed-out`, which names the path
 */
export async function lookAt(path: string): Promise<Seen> {
  const argv = ['stat', '--dereference', '--printf=%F\t%s', '--', path] as const
  const { code, stdout, stderr } = await answered(path, run([...argv], { timeoutMs: answerMs }))
  if (code !== 0) return saysMissing(stderr) ? 'missing' : 'unseen'
  const [type = '', size] = stdout.split('\t')
  return { type, sizeBytes: Number(size) }
}

/**
 * Is there a file to read? Its first byte is read, because what a file is may be answered from memory long after its
 * server is gone. What is there and cannot be read counts as there.
 * @throws ChaosError `timed-out`, which names the path
 */
export async function isThereToRead(path: string): Promise<boolean> {
  const { code, stderr } = await answered(path, run(['head', '--bytes=1', '--', path], { timeoutMs: answerMs }))
  return code === 0 || !saysMissing(stderr)
}

/** Is it a file that this account may execute, on a file system that lets it, and that answers? */
export async function isExecutableFile(path: string): Promise<boolean> {
  const { code } = await answered(path, run(['test', '-f', path, '-a', '-x', path], { timeoutMs: answerMs }))
  return code === 0 && (await isThereToRead(path))
}

/** Is the path itself a symbolic link? */
export async function isSymbolicLink(path: string): Promise<boolean> {
  return (await answered(path, run(['test', '-L', path], { timeoutMs: answerMs }))).code === 0
}

async function answered<T>(path: string, look: Promise<T>): Promise<T> {
  try {
    return await look
  } catch (thrown) {
    if (!(thrown instanceof ChaosError) || thrown.code !== 'timed-out') throw thrown
    const what = `${path} gave no answer within ${answerMs / 1000} s: its file system hangs`
    throw new ChaosError('timed-out', `${what}, and a start that needs it would hang as well.`, { cause: thrown })
  }
}

function saysMissing(stderr: string): boolean {
  return /: (?:No such file or directory|Not a directory)$/.test(stderr.trim())
}
