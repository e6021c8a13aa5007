import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'

const Session = z.strictObject({ url: z.url(), token: z.string().min(1).max(512), caFile: z.string().nullable() })
/** A log-in as it is kept on disk. `caFile`: the certificate authority to trust; null: those of the system. */
export type Session = z.infer<typeof Session>

/** Where the log-in is kept: readable by its owner only. */
function sessionFile(): string {
  const base = process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return join(base, 'chaos-lite', 'session.json')
}

/** The log-in: from CHAOS_LITE_URL and CHAOS_LITE_TOKEN where both are set, otherwise from the file. */
export async function readSession(): Promise<Session> {
  const { CHAOS_LITE_URL: url, CHAOS_LITE_TOKEN: token, CHAOS_LITE_CA: caFile = null } = process.env
  if (url !== undefined && token !== undefined) return given({ url, token, caFile })
  try {
    return Session.parse(JSON.parse(await readFile(sessionFile(), 'utf8')))
  } catch (cause) {
    throw new ChaosError('not-logged-in', 'Not logged in. Log in first: chaos-lite login http://127.0.0.1:8321', {
      cause,
    })
  }
}

/** @throws ChaosError that names the variable which is wrong */
function given(session: Session): Session {
  const parsed = Session.safeParse(session)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues[0]?.path[0] === 'url' ? 'CHAOS_LITE_URL' : 'CHAOS_LITE_TOKEN'
  const expected =
    wrong === 'CHAOS_LITE_URL' ? 'an address such as https://chaos.example.test:8321' : 'a token of 1 to 512 characters'
  throw new ChaosError('request-invalid', `The variable ${wrong} is wrong: ${expected} was expected.`)
}

/**
 * Replaces the session by a rename, so that no other command reads half of it. Only the user may read it (mode 0600).
 */
export async function writeSession(session: Session): Promise<void> {
  const file = sessionFile()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify(session), { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, file)
}

/**
 * Removes the stored session; does nothing where there is none. The controller knows of its end only by `DELETE
 * /session`.
 */
export async function forgetSession(): Promise<void> {
  await rm(sessionFile(), { force: true })
}
