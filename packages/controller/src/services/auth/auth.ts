import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { ClientView, SessionView } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { hashOf, randomSecret } from '../../secrets/index.ts'
import type { Store, StoredLogIn, StoredUser } from '../../store/index.ts'
import type { Clock } from '../../time/index.ts'
import { LogInGuard } from './log-in-guard.ts'
import { hashPassword, verifyPassword } from './password.ts'

/** How long the session of a browser is valid after the log-in. */
export const SESSION_MS = 12 * 3_600_000
/** How long a bearer token of the command line is valid after it was made. */
const TOKEN_MS = 30 * 86_400_000

/** Who is asking: taken from the log-in, never from the request. */
export interface Identity {
  readonly userId: Ulid
  readonly name: string
  readonly role: StoredUser['role']
  readonly mustChangePassword: boolean
  readonly clients: readonly ClientView[]
  /** The client that new things are made for. */
  readonly clientId: Ulid
  readonly sessionEpoch: number
  readonly expiresMs: number
  /** Of the session or token; ends it. */
  readonly logInHash: string
}

/** Who may log in, and who is behind a session or a token. Passwords and tokens are never kept, only their hashes. */
export interface Auth {
  /** The one-time password of the local administrator, when one was made just now. */
  readonly firstPassword: string | null
  /** Throws `not-logged-in` for a wrong name or password, `too-many` after too many of them. */
  logIn(user: string, password: string, network: string): Promise<StoredUser>
  /** A bearer token for the command line; only its hash is kept. */
  makeToken(user: StoredUser): Promise<string>
  /** Null for a token that is unknown, expired, or older than the last change of the password. */
  byToken(token: string): Promise<Identity | null>
  /** The identity of a log-in that the store handed out; null when the user's epoch has moved on. */
  identify(logIn: StoredLogIn): Promise<Identity | null>
  /** Logs out. Does nothing for a log-in that has ended. */
  end(logInHash: string): Promise<void>
  /** Throws `not-allowed` when `current` is wrong. Every other log-in of this user is dead afterwards. */
  changePassword(userId: Ulid, current: string, next: string, network: string): Promise<StoredUser>
  view(identity: Identity): SessionView
}

const ADMINISTRATOR = 'admin'

/** Opens the log-ins of a store: creates the first administrator where there is none, and removes expired log-ins. */
export async function makeAuth(deps: { store: Store; clock: Clock }): Promise<Auth> {
  const { store, clock } = deps
  const guard = new LogInGuard()
  const firstPassword = await firstAdministrator(store)
  await store.logIns.sweep(clock.nowMs())

  const proved = (
    user: StoredUser | null,
    name: string,
    password: string,
    network: string,
    wrong = new ChaosError('not-logged-in', 'The user name or the password is wrong.'),
  ) =>
    guard.inTurn(network, async () => {
      await guard.check(name, network)
      if (!(await verifyPassword(password, user?.passwordHash ?? null)) || !user) {
        await guard.failed(name, network)
        throw wrong
      }
      await guard.succeeded(name, network)
      return user
    })
  const identify = async (logIn: StoredLogIn): Promise<Identity | null> => {
    const user = await store.users.byId(logIn.userId)
    if (!user || user.sessionEpoch !== logIn.sessionEpoch) return null
    const { userId, name, role, mustChangePassword, clientId, sessionEpoch } = user
    const clients = await clientsOf(store, user)
    const { expiresMs, hash: logInHash } = logIn
    return { userId, name, role, mustChangePassword, clientId, sessionEpoch, clients, expiresMs, logInHash }
  }

  return {
    firstPassword,
    identify,
    logIn: async (name, password, network) => proved(await store.users.byName(name), name, password, network),
    async makeToken({ userId, sessionEpoch }) {
      const token = randomSecret()
      const createdMs = clock.nowMs()
      const expiresMs = createdMs + TOKEN_MS
      await store.logIns.put({
        hash: hashOf(token),
        kind: 'token',
        userId,
        sessionEpoch,
        createdMs,
        expiresMs,
        data: '',
      })
      return token
    },
    async byToken(token) {
      const logIn = await store.logIns.get(hashOf(token), clock.nowMs())
      return logIn?.kind === 'token' ? identify(logIn) : null
    },
    end: (logInHash) => store.logIns.remove(logInHash),
    async changePassword(userId, current, next, network) {
      const user = await store.users.byId(userId)
      // Who asks is logged in, and stays so: a page that hears anything else would ask to log in.
      const wrong = new ChaosError('not-allowed', 'The current password is wrong.')
      const { sessionEpoch } = await proved(user, user?.name ?? '', current, network, wrong)
      if (current === next) throw new ChaosError('request-invalid', 'The new password must differ from the old one.')
      const changed = await store.users.setPassword(userId, await hashPassword(next), { ifEpoch: sessionEpoch })
      await store.logIns.sweep(clock.nowMs())
      return changed
    },
    view: ({ name, role, clients, mustChangePassword }) => ({
      user: name,
      role,
      clients: [...clients],
      mustChangePassword,
    }),
  }
}

async function clientsOf(store: Store, user: StoredUser): Promise<readonly ClientView[]> {
  const all = await store.clients.all()
  return user.role === 'administrator' ? all : all.filter((client) => client.clientId === user.clientId)
}

/**
 * Makes the local administrator at first start. As long as its one-time password was never used, each start makes a new
 * one, so that nobody is locked out by a lost line of output.
 */
async function firstAdministrator(store: Store): Promise<string | null> {
  const existing = await store.users.byName(ADMINISTRATOR)
  if (existing && !existing.mustChangePassword) return null
  const password = randomSecret().slice(0, 20)
  const passwordHash = await hashPassword(password)
  if (existing) {
    await store.users.setPassword(existing.userId, passwordHash, { mustChange: true })
    return password
  }
  if ((await store.users.count()) > 0) return null
  const { clientId } = await store.clients.first()
  await store.users.add({
    userId: ulid(),
    clientId,
    name: ADMINISTRATOR,
    role: 'administrator',
    passwordHash,
    mustChangePassword: true,
    sessionEpoch: 0,
  })
  return password
}
