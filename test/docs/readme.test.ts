import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Demo, startDemo } from '../../scripts/demo/start-demo.ts'
import { blocksOf, commandsOf } from './blocks.ts'

const blocks = blocksOf('README.md')
const drillText = blocks.find((block) => block.text.startsWith('drill: my-first-drill'))?.text ?? ''
const commands = commandsOf('README.md')
const FAILOVER = 'failover-friday-dns.yaml'

/** Runs a command of the README as a user would, with answers from the environment instead of the keyboard. */
function chaosLite(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; out: string }> {
  return new Promise((done, reject) => {
    const main = resolve('packages/cli/src/main.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { env: { ...process.env, ...env } })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) => done({ code, out }))
  })
}

describe('the README', () => {
  let folder = ''
  let demo: Demo
  let env: Record<string, string>

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chaos-lite-readme-'))
    await writeFile(join(folder, 'my-first-drill.yaml'), drillText)
    await copyFile(join('drills', FAILOVER), join(folder, FAILOVER))
    demo = await startDemo({ folder: join(folder, 'demo'), port: 0, drillsFolder: folder })
    env = {
      XDG_CONFIG_HOME: folder,
      CHAOS_LITE_PASSWORD: demo.password ?? '',
      CHAOS_LITE_NEW_PASSWORD: 'a password of twelve or more',
    }
  })
  afterAll(async () => {
    await demo?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('shows commands that work, in their order, up to a drill that passes', async () => {
    expect(commands.map(([first, second]) => `${first} ${second ?? ''}`.trim())).toEqual([
      'login http://127.0.0.1:8321',
      'hosts',
      'drill validate',
      'drill plan',
      'drill run',
    ])
    for (const command of commands) {
      const args = command.map((word) =>
        word.replace('http://127.0.0.1:8321', demo.url).replace('drills/my-first', join(folder, 'my-first')),
      )
      const answered =
        args[0] === 'login' ? [...args, '--user', 'admin'] : args[1] === 'run' ? [...args, '--yes'] : args
      const { code, out } = await chaosLite(answered, env)
      expect(code, `${command}\n${out}`).toBe(0)
    }
  })

  it('is followed by a tutorial whose drills can run in the demo, also the one of its schedule', async () => {
    const rest = commandsOf('docs/tutorial.md').filter(([first]) => first !== 'login')
    expect(rest.map(([first, second]) => `${first} ${second}`)).toEqual([
      'drill list',
      'drill show',
      'drill plan',
      'schedule add',
    ])
    const typed = rest.map((command) => command.map((word) => word.replace('STANDBY', demo.place.standby)))
    const [, , drill = '', ...options] = typed.find(([first]) => first === 'schedule') ?? []
    const params = options.flatMap((word, at) => (word === '--param' ? [word, options[at + 1] ?? ''] : []))
    for (const args of [...typed, ['drill', 'plan', drill, ...params]]) {
      const { code, out } = await chaosLite(args, env)
      expect(code, `${args.join(' ')}\n${out}`).toBe(0)
    }
  })
})
