import { resolve } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { API, SessionView } from '@chaos-lite/shared/api'
import { Agent, fetch } from 'undici'
import * as z from 'zod'
import { askSecret, askText } from '../ask.ts'
import {
  connectApi,
  forgetSession,
  jsonOf,
  problemOf,
  readSession,
  understood,
  unreachable,
  verified,
  writeSession,
} from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { answer, type CommandContext } from './context.ts'
import { newPassword } from './new-password.ts'

const LoggedIn = SessionView.extend({ token: z.string() })

/** Passwords come from the terminal or from CHAOS_LITE_PASSWORD, never from the command line: other users can see that. */
async function passwordOf(question: string, variable: string): Promise<string> {
  const given = process.env[variable]
  if (given !== undefined) return given
  return askSecret(question, `Set ${variable}.`)
}

/**
 * Stores a session for later commands, and asks for a new password where the first one must be replaced. HTTP only to
 * loopback.
 */
export async function login(
  context: CommandContext,
  given: { readonly url: string; readonly user?: string; readonly caFile?: string },
): Promise<ExitCode> {
  const url = given.url.replace(/\/+$/, '')
  const { hostname, protocol } = addressOf(url)
  if (protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
    throw new ChaosError('request-invalid', 'Outside this machine the controller is reached by https only.')
  const user = given.user ?? (await userOf())
  const secret = await passwordOf('Password', 'CHAOS_LITE_PASSWORD')
  // Later commands may run in another folder.
  const caFile = given.caFile === undefined ? null : resolve(given.caFile)
  const session = await openSession(url, caFile, user, secret)
  await writeSession({ url, token: session.token, caFile })
  if (session.mustChangePassword) {
    const next = await changePassword(context, secret)
    // A new password ends every log-in, this one too.
    const { token } = await openSession(url, caFile, user, next)
    await writeSession({ url, token, caFile })
  }
  if (session.notice !== undefined) context.terminal.err(session.notice)
  const { user: name, role } = session
  answer(context, { url, user: name, role }, () => `Logged in to ${url} as ${name} (${role}).`)
  return ExitCode.ok
}

/** @throws ChaosError for what names no controller */
function addressOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/') return url
  throw new ChaosError(
    'request-invalid',
    `${text} is not the address of a controller. Give it such as https://chaos.example.test:8321`,
  )
}

function userOf(): Promise<string> {
  return askText('User', 'Give the user with --user.', 'admin')
}

async function openSession(url: string, caFile: string | null, user: string, secret: string) {
  const dispatcher = new Agent({ connect: await verified(caFile) })
  const response = await fetch(`${url}${API}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-token': 'yes' },
    body: JSON.stringify({ user, password: secret }),
    dispatcher,
    signal: AbortSignal.timeout(30_000),
  }).catch((cause: unknown) => {
    throw unreachable({ url, caFile }, cause)
  })
  const text = await response.text()
  if (!response.ok) throw problemOf(text, response.status)
  return understood(LoggedIn, jsonOf(text))
}

/** A one-time password is replaced before anything else can be done. */
async function changePassword(context: CommandContext, current: string): Promise<string> {
  context.terminal.err('This is a one-time password: choose your own (12 characters or more).')
  const variable = 'CHAOS_LITE_NEW_PASSWORD'
  const atTerminal = process.env[variable] === undefined
  const say = (text: string) => context.terminal.err(text)
  const next = await newPassword((question) => passwordOf(question, variable), { say, atTerminal })
  const api = await connectApi(await readSession())
  await api.post('/session/password', { current, next }, SessionView)
  return next
}

/** Ends the log-in at the controller if it answers; the stored session is removed in any case. */
export async function logout(context: CommandContext): Promise<ExitCode> {
  const api = await context.api()
  await api.remove('/session').catch(() => undefined)
  await forgetSession()
  answer(context, { loggedOut: true }, () => 'Logged out.')
  return ExitCode.ok
}
