import { ChaosError, type Compared } from '@chaos-lite/shared'
import type { DisableImage, Files, MembershipReturn } from '../../host.ts'
import { digestOf } from '../../swap/digest.ts'
import { imageStanding, prepareImage, type SwapBack, swapIn } from '../../swap/index.ts'
import { backUnderLock } from './back-under-lock.ts'
import { asBytes } from './databases.ts'
import { expiredDay, isExpired, isLocked, type ShadowLine, shadowLine, withShadowLine } from './shadow-line.ts'
import { underLock } from './under-lock.ts'

/** Where a host keeps its passwords. */
export interface ShadowFiles {
  readonly passwd: string
  readonly shadow: string
  readonly lockPath: (path: string) => string
}

const maxBytes = 5 * 1024 * 1024
const LOCK = '!'

/**
 * An account is disabled in `/etc/shadow` itself, under the lock of the shadow tools: the password gets the `!` that
 * `usermod --lock` writes, and the account expires as by `chage --expiredate 1`. Either alone leaves a way in: a key
 * opens a locked password, and a program that only authenticates lets an expired account pass.
 */
export async function disableImage(
  files: Files,
  paths: ShadowFiles,
  account: string,
  keepIn: { readonly folder: string; readonly tag: string },
): Promise<DisableImage> {
  const before = await localLine(files, paths, account)
  if (isExpired(before, Date.now())) {
    throw new ChaosError('wrong-state', `${account} has expired already: nothing could be taken away from it.`)
  }
  if (!/^\d{0,10}$/.test(before.expire)) {
    const text = `The expiry of ${account} in ${paths.shadow} is no number of days`
    throw new ChaosError('cannot-restore', `${text}; correct it with chage --expiredate.`)
  }
  const locks = !isLocked(before)
  const image = await prepareImage(files, paths.shadow, keepIn, 'shadow', (bytes) => disabled(bytes, account, locks))
  return {
    account,
    image,
    passwordDigest: locks ? digestOf(Buffer.from(before.password, 'latin1')) : null,
    expireBefore: before.expire,
  }
}

async function localLine(files: Files, paths: ShadowFiles, account: string): Promise<ShadowLine> {
  const row = (await files.read(paths.passwd, maxBytes))
    .toString('latin1')
    .split('\n')
    .find((line) => line.startsWith(`${asBytes(account)}:`))
  const line = row?.split(':')[1] === 'x' ? shadowLine(await files.read(paths.shadow, maxBytes), account) : null
  if (line) return line
  throw new ChaosError('cannot-restore', `${account} has no line of the usual form in ${paths.shadow}.`)
}

function disabled(bytes: Uint8Array, account: string, locks: boolean): Buffer {
  const change = ({ password }: ShadowLine) => ({ password: locks ? LOCK + password : password, expire: expiredDay })
  return withShadowLine(bytes, account, change) ?? Buffer.from(bytes)
}

/** Changes the shadow file under the lock of lckpwdf(3), which passwd(1) and usermod(8) take too. */
export async function disable(files: Files, paths: ShadowFiles, stored: DisableImage, tag: string): Promise<void> {
  const after = (bytes: Buffer) => disabled(bytes, stored.account, stored.passwordDigest !== null)
  const database = { files, path: paths.shadow, lockPath: paths.lockPath, tag }
  await underLock(database, () => swapIn(files, stored.image, after, tag))
}

/** Judged by the whole file: another change of it is a conflict, which the rollback then sorts out. */
export function disabledStanding(files: Files, stored: DisableImage) {
  return imageStanding(files, stored.image)
}

/** Field by field: a password that was changed meanwhile stays changed, an expiry that was set meanwhile stays set. */
export async function enableAgain(
  files: Files,
  paths: ShadowFiles,
  stored: DisableImage,
  tag: string,
  recordFolder: string,
): Promise<MembershipReturn> {
  const withoutOurs = (bytes: Buffer) => enabled(bytes, stored)
  const back: SwapBack = { files, image: stored.image, tag, recordFolder, withoutOurs }
  const { compared, kept } = await backUnderLock({ files, path: paths.shadow, lockPath: paths.lockPath, tag }, [back])
  const now = shadowLine(await files.read(paths.shadow, 2 * maxBytes), stored.account)
  return { compared: [...compared, ...comparedLine(stored, now)], kept }
}

/** The file with only our two values taken back; null where neither is there any more. */
export function enabled(bytes: Uint8Array, stored: DisableImage): Buffer | null {
  const now = shadowLine(bytes, stored.account)
  if (!now) return null
  const password = isOurLock(now, stored) ? now.password.slice(LOCK.length) : now.password
  const expire = now.expire === expiredDay ? stored.expireBefore : now.expire
  if (password === now.password && expire === now.expire) return null
  return withShadowLine(bytes, stored.account, () => ({ password, expire }))
}

function isOurLock({ password }: ShadowLine, { passwordDigest }: DisableImage): boolean {
  if (passwordDigest === null || !password.startsWith(LOCK)) return false
  return digestOf(Buffer.from(password.slice(LOCK.length), 'latin1')) === passwordDigest
}

/** For people, without anything of the password itself. */
function comparedLine({ account, expireBefore, passwordDigest }: DisableImage, now: ShadowLine | null): Compared[] {
  const lockBefore = passwordDigest === null ? 'locked' : 'not locked'
  const lockNow = now === null ? 'no such account' : isLocked(now) ? 'locked' : 'not locked'
  const expiry = now === null ? 'no such account' : dayOf(now.expire)
  return [
    { item: `password of ${account}`, before: lockBefore, now: lockNow, same: lockBefore === lockNow },
    { item: `expiry of ${account}`, before: dayOf(expireBefore), now: expiry, same: dayOf(expireBefore) === expiry },
  ]
}

function dayOf(expire: string): string {
  return expire === '' ? 'never' : `day ${expire}`
}
