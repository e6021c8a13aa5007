import { readFile, rm, writeFile } from 'node:fs/promises'
import { listSlots } from './slot.ts'

/**
 * Each host holds about eight inotify instances of uid 0, and the stock limit of 128 stalls boots past a dozen
 * hosts. While a lab is up the limit is higher; the last lab to go puts the old value back.
 */
const LIMIT = '/proc/sys/fs/inotify/max_user_instances'
const ORIGINAL = '/run/chaos-lite-lab/inotify-original'
const WANTED = 1024

/** Call after the slot is claimed. */
export async function raiseInotifyLimit(): Promise<void> {
  const current = (await readFile(LIMIT, 'utf8')).trim()
  if (Number(current) >= WANTED) return
  await writeFile(ORIGINAL, current, { flag: 'wx' }).catch(() => {})
  await writeFile(LIMIT, String(WANTED))
}

/** Call after the slot is released. Looks twice, because another lab may come up in between. */
export async function restoreInotifyLimit(): Promise<void> {
  if ((await listSlots()).length > 0) return
  const original = await readFile(ORIGINAL, 'utf8').catch(() => undefined)
  if (original === undefined) return
  await writeFile(LIMIT, original)
  await rm(ORIGINAL, { force: true })
  if ((await listSlots()).length > 0) await raiseInotifyLimit()
}
