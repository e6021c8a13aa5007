import { readdir, readFile, stat } from 'node:fs/promises'
import { lookUntil } from '../../wait/index.ts'

const WAIT_MS = 5_000
const LOOK_MS = 100

/**
 * Names of processes of this account beside this one, once the server was stopped and had a moment to end. The account
 * exists for one unit only, so whatever still runs as it was started by what was restored.
 */
export function strangers(): Promise<string[]> {
  return lookUntil(others, (names) => names.length === 0, { everyMs: LOOK_MS, withinMs: WAIT_MS })
}

async function others(): Promise<string[]> {
  const uid = process.getuid?.()
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
  const names = await Promise.all(
    pids.map(async (pid) => {
      const owner = await stat(`/proc/${pid}`).catch(() => null)
      if (owner?.uid !== uid) return null
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
      const [, name = ''] = /^Name:\s+(.*)$/m.exec(status) ?? []
      return name === '' || /^State:\s+[ZX]/m.test(status) ? null : name
    }),
  )
  return names.filter((name) => name !== null)
}
