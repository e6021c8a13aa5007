import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../scripts/install-agent.sh', import.meta.url))
const URL_OF_A = 'https://127.0.0.1:8321'

/** The program answers as files beside it say, and writes down what it was asked to do. */
const agent = (folder: string) => `#!/bin/sh
echo "agent $*" >>${folder}/calls
case "$1" in
  --version) echo 1.2.3 ;;
  policy)
    [ "$5" != --as-command ] || { echo "chaos-lite-agent policy allow from=$4"; exit 0; }
    echo "policy: 1 # $4" ;;
  enrolment) cat ${folder}/enrolment; [ "$(head -c 8 ${folder}/enrolment)" = Enrolled ] ;;
  status) cat ${folder}/status ;;
  enrol)
    grep -q good "$5" || { echo 'The enrolment token was refused.' >&2; exit 2; }
    mkdir -p ${folder}/var/lib/chaos-lite
    echo '{}' >${folder}/var/lib/chaos-lite/identity.json
    echo "Enrolled at $3" >${folder}/enrolment ;;
esac
`
const OPEN = '{"ok":true,"halted":false,"open":[{"recordId":"R"}],"unreadable":[]}'
const AT_REST = '{"ok":true,"halted":false,"open":[],"unreadable":[]}'

/** The installer as root on a host with systemd: all of it below a folder, where systemctl is a stand-in. */
async function machine() {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-again-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = (name: string, text: string) => writeFile(join(folder, name), text)
  const command = async (name: string, text: string) => {
    await mkdir(join(folder, 'bin'), { recursive: true })
    await file(`bin/${name}`, `#!/bin/sh\n${text}\n`)
    await chmod(join(folder, 'bin', name), 0o755)
  }
  for (const path of ['usr/local/bin', 'usr/local/lib', 'etc/systemd/system', 'run/systemd/system', 'var/lib']) {
    await mkdir(join(folder, path), { recursive: true })
  }
  await command('id', 'echo 0')
  await command('getent', '[ "$2" != nowhere.invalid ]')
  await command('userdel', 'exit 0')
  await command('systemctl', `echo "systemctl $*" >>${folder}/calls\n[ "$1" != show ] || echo no`)
  await file('agent', agent(folder))
  await chmod(join(folder, 'agent'), 0o755)
  await file('enrolment', 'This host is not enrolled.\n')
  await file('status', AT_REST)
  await file('good', 'a good token')
  await file('bad', 'another one')
  const moved = (await readFile(script, 'utf8')).replaceAll(
    /(?<=[ "'=])\/(?=(?:usr\/local|etc|var\/lib|run)\/)/g,
    `${folder}/`,
  )
  await file('install.sh', moved)
  const there = (path: string) => existsSync(join(folder, path))
  return {
    file,
    there,
    read: (path: string) => readFile(join(folder, path), 'utf8'),
    drop: (path: string) => rm(join(folder, path)),
    change: (path: string) => appendFile(join(folder, path), '# mine\n'),
    /** What it said, how it ended, and which commands it ran. */
    async install(...args: string[]) {
      await file('calls', '')
      const env = { PATH: `${folder}/bin:${process.env.PATH}` }
      const words = args[0] === 'uninstall' ? args : ['--binary', 'agent', '--unverified', ...args]
      const { code, stdout, stderr } = await run('sh', ['install.sh', ...words], { cwd: folder, env }).then(
        (done) => ({ code: 0, ...done }),
        (failed: { code: number; stdout: string; stderr: string }) => failed,
      )
      const calls = (await readFile(join(folder, 'calls'), 'utf8')).replaceAll(folder, '').split('\n')
      const said = (stdout + stderr).replaceAll(folder, '')
      return { code, said, calls, enrolled: calls.filter((call) => call.startsWith('agent enrol ')) }
    },
  }
}

const at = (controller: string, token = 'good') => ['--controller', controller, '--token-file', token]

describe.skipIf(process.platform !== 'linux')('install-agent.sh on a host where it ran before', () => {
  test('the same program, at the same controller: nothing is restarted, and the token is not used', async () => {
    const { install } = await machine()
    expect(await install(...at(URL_OF_A))).toMatchObject({ code: 0 })
    const again = await install(...at(URL_OF_A))
    expect(again.said).toContain('Nothing was changed, and nothing is restarted.')
    expect(again.said).toContain('The token was not used')
    expect(again.enrolled).toEqual([])
    expect(again.calls.filter((call) => /systemctl (?:stop|start|restart)/.test(call))).toEqual([])
  })

  test.each([
    ['was revoked', 'This host was revoked at https://127.0.0.1:8321.\n'],
    ['is enrolled elsewhere', 'This host is enrolled at https://127.0.0.9:1, not at https://127.0.0.1:8321.\n'],
    ['has an identity that cannot be used', 'chaos-lite-agent: The identity is damaged.\n'],
  ])('a host that %s is enrolled anew with the token, and the agent started under it', async (_, standing) => {
    const { install, file } = await machine()
    await install(...at(URL_OF_A))
    await file('enrolment', standing)
    const again = await install(...at(URL_OF_A))
    expect(again).toMatchObject({ code: 0, enrolled: [`agent enrol --controller ${URL_OF_A} --token-file good`] })
    expect(again.said).not.toContain('Nothing was changed')
    expect(again.calls).toContain('systemctl restart chaos-lite-agent.socket')
  })

  test('a drill under way keeps its controller: it fails, with the command for afterwards', async () => {
    const { install, file, read } = await machine()
    await install(...at(URL_OF_A))
    await file('enrolment', 'This host was revoked.\n')
    await file('status', OPEN)
    await file('var/lib/chaos-lite/journal', '')
    const again = await install(...at('https://127.0.0.1:9'))
    expect(again).toMatchObject({ code: 1, enrolled: [] })
    expect(again.said).toContain('chaos-lite-agent enrol --controller https://127.0.0.1:9 --token-file good')
    expect(again.calls.filter((call) => /systemctl (?:stop|start|restart)/.test(call))).toEqual([])
    expect(await read('enrolment')).toContain('revoked')
  })

  test('a name without an address is refused before enrolling, and stops no update of a host that is enrolled', async () => {
    const { install, file } = await machine()
    await install(...at(URL_OF_A))
    expect(await install(...at('https://nowhere.invalid'))).toMatchObject({ code: 0, enrolled: [] })
    await file('enrolment', 'This host was revoked.\n')
    const { code, said, enrolled } = await install(...at('https://nowhere.invalid'))
    expect({ code, enrolled }).toEqual({ code: 1, enrolled: [] })
    expect(said).toContain('no address is known for nowhere.invalid')
  })

  test('a controller without a token is refused where the host is not enrolled there', async () => {
    const { install, file } = await machine()
    await install(...at(URL_OF_A))
    await file('enrolment', 'This host is enrolled elsewhere.\n')
    expect(await install('--controller', URL_OF_A)).toMatchObject({ code: 1, enrolled: [] })
    const update = await install()
    expect(update).toMatchObject({ code: 0, said: expect.stringContaining('This host is enrolled elsewhere.') })
  })

  test('a refused token leaves nothing behind; the next attempt gets the profile that it asks for', async () => {
    const { install, there, read } = await machine()
    expect(await install(...at(URL_OF_A, 'bad'))).toMatchObject({ code: 1 })
    for (const path of ['etc/chaos-lite', 'var/lib/chaos-lite', 'usr/local/lib/chaos-lite'])
      expect(there(path)).toBe(false)
    await install(...at(URL_OF_A), '--profile', 'workstation')
    expect(await read('etc/chaos-lite/policy.yaml')).toBe('policy: 1 # workstation\n')
  })

  test('another profile replaces a starter that nobody changed, and restarts nothing', async () => {
    const { install, read } = await machine()
    await install(...at(URL_OF_A))
    const { said } = await install('--profile', 'workstation')
    expect(await read('etc/chaos-lite/policy.yaml')).toBe('policy: 1 # workstation\n')
    expect(said).toContain('Its policy was changed; nothing is restarted.')
  })

  test('a starter that an older installer wrote, without its digest, is known too', async () => {
    const { install, read, drop } = await machine()
    await install(...at(URL_OF_A))
    await drop('var/lib/chaos-lite/starter.sha256')
    await install('--profile', 'workstation')
    expect(await read('etc/chaos-lite/policy.yaml')).toBe('policy: 1 # workstation\n')
  })

  test.each([
    ['--profile', 'workstation', 'chaos-lite-agent policy allow from=workstation'],
    ['--policy', 'good', '--policy good had no effect'],
  ])('%s %s says that it has no effect on a policy that was changed', async (option, value, words) => {
    const { install, read, change } = await machine()
    await install(...at(URL_OF_A))
    await change('etc/chaos-lite/policy.yaml')
    const { code, said } = await install(option, value)
    expect(code).toBe(0)
    expect(said).toContain(`${option} ${value} had no effect: /etc/chaos-lite/policy.yaml was changed`)
    expect(said).toContain(words)
    expect(await read('etc/chaos-lite/policy.yaml')).toBe('policy: 1 # none\n# mine\n')
  })

  test.each([
    ['an update', []],
    ['an uninstall', ['uninstall']],
  ])('%s stops the socket before the service', async (_, args) => {
    const { install, file } = await machine()
    await install(...at(URL_OF_A))
    await file('etc/systemd/system/chaos-lite-agent.service', 'an older one')
    const { calls } = await install(...args)
    const [socket, service] = ['socket', 'service'].map((kind) =>
      calls.indexOf(`systemctl stop chaos-lite-agent.${kind}`),
    )
    expect(socket).toBeGreaterThan(0)
    expect(socket).toBeLessThan(service ?? 0)
  })

  test('uninstalling names what is kept, and how the controller forgets the host; a second time only what is there', async () => {
    const { install } = await machine()
    await install(...at(URL_OF_A))
    const first = await install('uninstall')
    expect(first.said).toContain('kept         /etc/chaos-lite (--purge removes it)')
    expect(first.said).toMatch(/chaos-lite host revoke \S+\n/)
    expect((await install('uninstall', '--purge')).code).toBe(0)
    const third = await install('uninstall')
    expect(third).toMatchObject({ code: 0, said: expect.stringContaining('nothing of the agent to remove') })
    expect(third.said).not.toContain('kept')
    expect(third.said).not.toContain('revoke')
  })
})
