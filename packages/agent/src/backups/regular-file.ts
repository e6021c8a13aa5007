import type { ReadStream } from 'node:fs'
import { constants, type FileHandle, open } from 'node:fs/promises'
import { ChaosError } from '@chaos-lite/shared'

/**
 * Opens a file of others for reading. Never waits for the other end of a pipe or for a device: what is no file is refused.
 * The caller closes it. @throws ChaosError `backup-unusable`
 */
export async function openRegular(path: string | Buffer, flags = 0): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | flags)
  const found = await handle.stat().catch(() => null)
  if (found?.isFile()) return handle
  await handle.close()
  throw notRegular(path)
}

interface StreamOptions {
  readonly flags?: number
  readonly signal?: AbortSignal
  readonly highWaterMark?: number
  readonly start?: number
}

/** The same as a stream, which closes the file when it ends. */
export async function streamRegular(
  path: string | Buffer,
  { flags = 0, ...options }: StreamOptions = {},
): Promise<ReadStream> {
  return (await openRegular(path, flags)).createReadStream(options)
}

/** Said of a pipe, a socket or a device where a file was expected. */
export function notRegular(path: string | Buffer): ChaosError {
  return new ChaosError('backup-unusable', `${path} is no file: it is a folder, a pipe, a socket or a device`)
}
