import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Controller, startController } from '@chaos-lite/controller'
import { readEnrolmentToken } from '@chaos-lite/shared'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enrol, readIdentity } from '../../packages/agent/src/identity/index.ts'

const run = promisify(execFile)
const cli = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const PASSWORD = 'correct horse battery staple'

let folder: string
let controller: Controller

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-lite-authority-'))
  controller = await startController({ dataFolder: join(folder, 'data'), host: '0.0.0.0', port: 0, logLevel: 'silent' })
})
afterAll(async () => {
  await controller[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

/** The command line, as its users run it. */
async function chaosLite(args: readonly string[], more: Record<string, string> = {}) {
  const env = { ...process.env, XDG_CONFIG_HOME: join(folder, 'config'), ...more }
  return run(process.execPath, [cli, ...args], { env, cwd: folder })
}

// Each runs the command line several times, as a program of its own.
describe('a controller with an authority of its own', () => {
  test('is logged in to with --ca-file, and its token brings a host in that trusts nobody else', async () => {
    await writeFile(join(folder, 'ca.pem'), await readFile(controller.caFile ?? ''))
    const passwords = { CHAOS_LITE_PASSWORD: controller.firstPassword ?? '', CHAOS_LITE_NEW_PASSWORD: PASSWORD }
    await chaosLite(['login', controller.url, '--user', 'admin', '--ca-file', 'ca.pem'], passwords)
    const { stdout } = await chaosLite(['token', 'create', '--json', '--label', 'role=web'])
    const { token, command } = JSON.parse(stdout)
    expect(command).toContain('--controller https://')
    expect(readEnrolmentToken(token)?.authority).not.toBeNull()

    const identityFile = join(folder, 'host', 'identity.json')
    await enrol({ controllerUrl: controller.url, token, labels: {}, identityFile })
    const identity = await readIdentity(identityFile)
    expect(identity?.caPem).toBe(await readFile(controller.caFile ?? '', 'utf8'))
    const { stdout: listed } = await chaosLite(['hosts', '--json'])
    expect(JSON.parse(listed)).toMatchObject([{ hostId: identity?.hostId, labels: { role: 'web' } }])
  })

  test('is not contacted by who was not given it, whatever the environment says', async () => {
    const turnedOff = { NODE_TLS_REJECT_UNAUTHORIZED: '0', CHAOS_LITE_PASSWORD: PASSWORD }
    const fails = chaosLite(['login', controller.url, '--user', 'admin'], turnedOff)
    await expect(fails).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/certificate/) })
    const bare = 'T'.repeat(43)
    const identityFile = join(folder, 'other', 'identity.json')
    await expect(enrol({ controllerUrl: controller.url, token: bare, labels: {}, identityFile })).rejects.toMatchObject(
      {
        code: 'host-offline',
      },
    )
  })

  test('a token whose authority was cut off, or is none, is refused before anything is sent', async () => {
    const identityFile = join(folder, 'third', 'identity.json')
    const der = Buffer.from(`not a certificate, ${'x'.repeat(200)}`).toString('base64url')
    const given = { controllerUrl: controller.url, labels: {}, identityFile }
    await expect(enrol({ ...given, token: `${'T'.repeat(43)}.${der}` })).rejects.toThrow('it looks cut: copy it whole')
    await expect(enrol({ ...given, token: `${'T'.repeat(43)}.` })).rejects.toMatchObject({ code: 'param-invalid' })
  })
})
