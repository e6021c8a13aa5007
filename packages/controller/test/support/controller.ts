import { randomBytes, scryptSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { API, type SessionView } from '@chaos-lite/shared/api'
import { onTestFinished } from 'vitest'
import type { ControllerOptions } from '../../src/options.ts'
import { type Controller, startController } from '../../src/start-controller.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const drillText = `drill: ask-the-people
version: 1
title: Ask the people
why: Can the release desk still sign off?
targets: {}
method:
  - ask: Can the release desk still sign off a work order?
    of: release-desk
    within: 10m
`

/** A real controller on a free port. Its one drill needs no hosts. */
export async function openController(options: Partial<ControllerOptions> = {}): Promise<Controller> {
  const folder = temporaryFolder()
  const drillsFolder = join(folder, 'drills')
  mkdirSync(drillsFolder)
  writeFileSync(join(drillsFolder, 'ask-the-people.yaml'), drillText)
  const controller = await startController({
    dataFolder: join(folder, 'data'),
    dashboardFolder: join(folder, 'dashboard'),
    ...{ port: 0, logLevel: 'silent', drillsFolder },
    ...options,
  })
  onTestFinished(async () => controller[Symbol.asyncDispose]())
  return controller
}

export const PASSWORD = 'correct horse battery staple'

interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly body?: object | string
  readonly headers?: Record<string, string>
}

/** Asks over the app itself, without a port. */
export async function ask(controller: Controller, path: string, { method, body, headers = {} }: Ask = {}) {
  const url = path.startsWith('/') ? path : `${API}/${path}`
  const payload = body === undefined ? {} : { payload: body }
  const answer = await controller.app.inject({ method: method ?? (body ? 'POST' : 'GET'), url, headers, ...payload })
  const json = String(answer.headers['content-type'] ?? '').includes('json')
  return { status: answer.statusCode, headers: answer.headers, body: json ? answer.json() : answer.body }
}

/** The password above, derived at a cost that tests can pay; the cost is part of what is kept. */
function cheapHash(): string {
  const [N, r, p, salt] = [1024, 8, 1, randomBytes(16)]
  const key = scryptSync(PASSWORD, salt, 32, { N, r, p })
  return ['scrypt', N, r, p, salt.toString('base64'), key.toString('base64')].join('$')
}

/** A bearer token of the administrator, who has set the password above. */
export async function administrator({ store, context }: Controller): Promise<Record<string, string>> {
  const user = await store.users.byName('admin')
  if (!user) throw new Error('There is no administrator.')
  const changed = await store.users.setPassword(user.userId, cheapHash())
  return { authorization: `Bearer ${await context.auth.makeToken(changed)}` }
}

export async function logInWithToken(
  controller: Controller,
  password: string,
): Promise<SessionView & { token: string }> {
  const answer = await ask(controller, 'session', {
    body: { user: 'admin', password },
    headers: { 'accept-token': 'yes' },
  })
  return answer.body
}

/** Logs in as a browser does; the cookie and the origin to send with what follows. */
export async function logInWithCookie(controller: Controller, password: string): Promise<Record<string, string>> {
  const answer = await ask(controller, 'session', { body: { user: 'admin', password } })
  const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? ''
  return { cookie, origin: controller.url }
}
