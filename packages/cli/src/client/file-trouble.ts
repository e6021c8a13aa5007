import { sentenceOf } from '@chaos-lite/shared'

const TROUBLES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: you have no permission',
  EPERM: 'cannot be read: you have no permission',
  EISDIR: 'is a folder, not a file',
}

/** Why a file cannot be read, to follow its name: `does not exist`. */
export function fileTrouble(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return TROUBLES[code] ?? `cannot be read: ${sentenceOf(cause)}`
}
