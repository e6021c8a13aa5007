import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, copyFile, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, onTestFinished, test } from 'vitest'
import { administrator, ask, openController } from '../packages/controller/test/support/controller.ts'

const run = promisify(execFile)
const script = fileURLToPath(new URL('../scripts/install-agent.sh', import.meta.url))

/** A stand-in for the agent's file: the installer asks it for its version and a starter policy. */
const standIn = (version: string) => `#!/bin/sh
case "$1" in
  --version) echo ${version} ;;
  policy) [ "$4" != nope ] && echo "policy: 1" ;;
  *) exit 1 ;;
esac
`

async function place(version = '1.2.3') {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-lite-install-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const binary = join(folder, 'agent')
  await writeFile(binary, standIn(version))
  await chmod(binary, 0o755)
  const dest = join(folder, 'root')
  const digest = async () =>
    createHash('sha256')
      .update(await readFile(binary))
      .digest('hex')
  const bare = (args: string[], env: Record<string, string> = { DESTDIR: dest }) =>
    run('sh', [script, '--binary', binary, ...args], { env: { PATH: process.env.PATH ?? '', ...env } })
  const install = async (args: string[], env?: Record<string, string>) =>
    bare(['--sha256', await digest(), ...args], env)
  const modeOf = async (path: string) => ((await stat(join(dest, path))).mode & 0o777).toString(8)
  return { folder, binary, dest, bare, digest, install, modeOf }
}

async function installedUnit(name: string): Promise<string> {
  const { install, dest } = await place()
  await install([])
  return await readFile(join(dest, 'etc/systemd/system', name), 'utf8')
}

/** Starts it in a way that must fail; resolves with what it says. */
async function complaint(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: { stderr: string }) => thrown,
  )
  return error?.stderr ?? 'it did not fail'
}

describe.skipIf(process.platform !== 'linux')('install-agent.sh', () => {
  test('puts the program, its folders, a starter policy and the units in their places, with their modes', async () => {
    const { install, dest, modeOf } = await place()
    await install(['--profile', 'workstation'])
    expect(await readlink(join(dest, 'usr/local/bin/chaos-lite-agent'))).toBe(
      '/usr/local/lib/chaos-lite/1.2.3/chaos-lite-agent',
    )
    expect(await modeOf('usr/local/lib/chaos-lite/1.2.3/chaos-lite-agent')).toBe('755')
    expect(await modeOf('etc/chaos-lite')).toBe('755')
    expect(await modeOf('etc/chaos-lite/policy.yaml')).toBe('644')
    expect(await modeOf('etc/chaos-lite/credentials.yaml')).toBe('600')
    expect(await modeOf('etc/chaos-lite/repositories.yaml')).toBe('600')
    expect(await modeOf('var/lib/chaos-lite')).toBe('700')
    expect((await readdir(join(dest, 'etc/systemd/system'))).sort()).toEqual([
      'chaos-lite-agent.service',
      'chaos-lite-agent.socket',
      'chaos-lite-link.service',
      'chaos-lite-recover-early-kept.service',
      'chaos-lite-recover-early.service',
      'chaos-lite-recover-kept.service',
      'chaos-lite-recover.service',
    ])
  })

  test('a second time it changes nothing', async () => {
    const { install } = await place()
    await install([])
    expect((await install([])).stdout).toBe('kept         /etc/chaos-lite/policy.yaml (yours)\n')
  })

  test('a policy that is there is never overwritten', async () => {
    const { install, dest, folder } = await place()
    await install([])
    const policy = join(dest, 'etc/chaos-lite/policy.yaml')
    await writeFile(policy, 'policy: 1\nactions: [hosts.override]\n')
    await writeFile(join(folder, 'other.yaml'), 'policy: 1\n')
    await install(['--policy', join(folder, 'other.yaml')])
    expect(await readFile(policy, 'utf8')).toContain('hosts.override')
  })

  test('a new version is put beside the old one, and the link moves in one step', async () => {
    const { install, dest, binary } = await place()
    await install([])
    await writeFile(binary, standIn('1.3.0'))
    await install([])
    expect(await readlink(join(dest, 'usr/local/bin/chaos-lite-agent'))).toContain('/1.3.0/')
    expect((await readdir(join(dest, 'usr/local/lib/chaos-lite'))).sort()).toEqual(['1.2.3', '1.3.0'])
  })

  test('a dry run prints every file and every command, and changes nothing', async () => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'T'.repeat(43))
    const args = [
      '--controller',
      'https://localhost',
      '--token-file',
      token,
      '--labels',
      'role=a,site=b c',
      '--dry-run',
    ]
    const { stdout } = await install(args, {})
    expect(stdout).toContain('would write: /etc/chaos-lite/policy.yaml (mode 644)')
    expect(stdout).toContain('ExecStopPost=/usr/local/bin/chaos-lite-agent revert --all --cause recovery')
    expect(stdout).toContain(
      'systemctl enable --quiet --no-reload chaos-lite-recover-early.service chaos-lite-recover.service',
    )
    expect(stdout).toContain(`--token-file ${token} --label role=a --label site=b c`)
    expect(stdout).not.toContain('T'.repeat(43))
    expect((await readdir(folder)).sort()).toEqual(['agent', 'token'])
  })

  test('the command that a controller gives with a token is all of it: typed word for word, it installs', async () => {
    const { folder, digest } = await place()
    const controller = await openController()
    const { body } = await ask(controller, 'tokens', { headers: await administrator(controller), body: {} })
    await copyFile(join(folder, 'agent'), join(folder, 'chaos-lite-agent'))
    await copyFile(script, join(folder, 'install-agent.sh'))
    const typed = `printf '%s' '${body.token}' | ${String(body.command).replace('DIGEST', await digest())} --dry-run`
    const { stdout } = await run('sh', ['-c', typed], { cwd: folder, env: { PATH: process.env.PATH ?? '' } })
    expect(stdout).toContain(`enrol --controller ${controller.url} --token-file -`)
    expect(stdout).toContain('systemctl start chaos-lite-link.service chaos-lite-agent.service')
    const unfilled = run('sh', ['-c', body.command], { cwd: folder, env: { PATH: process.env.PATH ?? '' } })
    expect(await complaint(unfilled)).toContain('--sha256 takes 64 hexadecimal digits; given: DIGEST')
  })

  test('the host is enrolled before anything is written, the boot unit enabled after it, and the agent starts last', async () => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'x')
    const { stdout } = await install(['--controller', 'https://localhost', '--token-file', token, '--dry-run'], {})
    const at = (text: string) => stdout.indexOf(text)
    expect(at('would run:   /usr/local/bin/chaos-lite-agent enrol --controller')).toBe(0)
    const enabled = at('enable --quiet --no-reload chaos-lite-recover')
    expect(at('would write:')).toBeLessThan(enabled)
    expect(enabled).toBeLessThan(at('start chaos-lite-link.service chaos-lite-agent.service'))
  })

  test('systemd reads its units anew after every change, so that none of the host is outdated', async () => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'x')
    const { stdout } = await install(['--controller', 'https://localhost', '--token-file', token, '--dry-run'], {})
    const lines = stdout.split('\n')
    const reads = lines.findLastIndex((line) => /systemctl (?:daemon-reload|enable (?!.*--no-reload))/.test(line))
    const unread = lines.findLastIndex((line) => /systemctl enable .*--no-reload/.test(line))
    expect(unread).toBeGreaterThan(0)
    expect(reads).toBeGreaterThan(unread)
  })

  test('at boot the kept copy of the program rolls back where the installed one did not', async () => {
    const [early, earlyKept] = [
      await installedUnit('chaos-lite-recover-early.service'),
      await installedUnit('chaos-lite-recover-early-kept.service'),
    ]
    expect(early).toMatch(/^Wants=chaos-lite-recover-early-kept\.service$/m)
    expect(earlyKept).toMatch(/^After=local-fs\.target chaos-lite-recover-early\.service$/m)
    const before = /^Before=.+$/m
    expect(before.exec(earlyKept)?.[0]).toBe(before.exec(early)?.[0])
    const late = await installedUnit('chaos-lite-recover.service')
    expect(late).toMatch(/^OnFailure=chaos-lite-recover-kept\.service$/m)
    for (const unit of [earlyKept, await installedUnit('chaos-lite-recover-kept.service')]) {
      expect(unit).toContain('ExecStart=/var/lib/chaos-lite/bin/kept revert --all --cause recovery')
      expect(unit).toMatch(/^ConditionFileIsExecutable=\/var\/lib\/chaos-lite\/bin\/kept$/m)
      expect(unit).toMatch(/^ConditionDirectoryNotEmpty=\/var\/lib\/chaos-lite\/journal$/m)
    }
  })

  test('the root part reverts when it ends, comes back when it failed, and sees the mounts of the host', async () => {
    const unit = await installedUnit('chaos-lite-agent.service')
    expect(unit).toContain('ExecStart=/usr/local/bin/chaos-lite-agent serve')
    expect(unit).toContain('ExecStopPost=/usr/local/bin/chaos-lite-agent revert --all --cause recovery')
    expect(unit).toContain('Restart=on-failure')
    // No part of the boot waits for the second phase of recovery, so this does not either: the lock decides.
    expect(unit).not.toMatch(/^After=.*recover/m)
    expect(unit).not.toMatch(/^(MemoryDenyWriteExecute|RestrictSUIDSGID)=/m)
    // Any of these would give it a mount namespace of its own.
    expect(unit).not.toMatch(/^(ProtectSystem|ProtectHome|ProtectKernel\w+|ProtectClock|ProtectProc|Private\w+)=/m)
  })

  test('the part that talks to the network is nobody, may do nothing, and goes with the root part', async () => {
    const unit = await installedUnit('chaos-lite-link.service')
    expect(unit).toContain('ExecStart=/usr/local/bin/chaos-lite-agent link')
    for (const line of ['User=chaos-lite', 'CapabilityBoundingSet=', 'NoNewPrivileges=yes', 'ProtectSystem=strict']) {
      expect(unit.split('\n')).toContain(line)
    }
    expect(unit).toMatch(/^RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX$/m)
    expect(unit).toMatch(/^PartOf=chaos-lite-agent\.service$/m)
    expect(unit).not.toMatch(/^MemoryDenyWriteExecute=/m)
    const socket = await installedUnit('chaos-lite-agent.socket')
    expect(socket).toMatch(/^SocketMode=0660\nSocketGroup=chaos-lite$/m)
  })

  test('an update stops the old agent, whatever its layout, before its socket and both parts start', async () => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'x')
    const { stdout } = await install(['--controller', 'https://localhost', '--token-file', token, '--dry-run'], {})
    const steps = [
      'stop chaos-lite-agent.socket',
      'stop chaos-lite-agent.service',
      'restart chaos-lite-agent.socket',
      'start chaos-lite-link.service',
    ]
    const places = steps.map((step) => stdout.indexOf(`systemctl ${step}`))
    expect(places.every((at) => at > 0)).toBe(true)
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  test.each([
    ['no binary', [], '--binary is missing'],
    ['an unknown option', ['--colour', 'red'], '--colour is no option'],
    ['an option without its value', ['--controller'], 'needs a value'],
  ])('%s is refused with a sentence', async (_, args, words) => {
    expect(await complaint(run('sh', [script, ...args]))).toContain(words)
  })

  test.each([
    ['no controller', ['--dry-run'], '--controller is missing'],
    ['no token', ['--controller', 'https://c', '--dry-run'], '--token-file is missing'],
    ['a missing token file', ['--controller', 'https://c', '--token-file', '/nowhere', '--dry-run'], 'cannot be read'],
    ['both kinds of policy', ['--profile', 'x', '--policy', script, '--dry-run'], 'not both'],
  ])('%s is refused before anything is done', async (_, args, words) => {
    const { install } = await place()
    expect(await complaint(install(args, {}))).toContain(words)
  })

  test.each([
    [
      'a profile that there is not',
      ['--profile', 'nope', '--controller', 'https://localhost'],
      'no starter policy for nope',
    ],
    [
      'a name without an address',
      ['--controller', 'https://nowhere.invalid'],
      'no address is known for nowhere.invalid',
    ],
    ['what is no address', ['--controller', 'chaos.example.test'], 'must be an address such as https://'],
  ])('%s is refused before anything is installed', async (_, args, words) => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'x')
    const { stdout, stderr } = await install([...args, '--token-file', token, '--dry-run'], {}).catch(
      (thrown: { stdout: string; stderr: string }) => thrown,
    )
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: expect.stringContaining(words) })
    expect(stderr).toContain('Nothing was installed')
  })

  test('behind a proxy, which asks for the name itself, the name of the controller is not looked up', async () => {
    const { install, folder } = await place()
    const token = join(folder, 'token')
    await writeFile(token, 'x')
    const args = ['--controller', 'https://nowhere.invalid', '--token-file', token, '--dry-run']
    const { stdout } = await install(args, { HTTPS_PROXY: 'http://192.0.2.1:3128' })
    expect(stdout).toContain('enrol --controller https://nowhere.invalid')
  })

  test('a file with one other byte is refused, and nothing is installed or run', async () => {
    const { bare, binary, digest, folder } = await place()
    const built = await digest()
    const ran = join(folder, 'ran')
    await writeFile(binary, `${standIn('1.2.3')}touch ${ran}\n`)
    expect(await complaint(bare(['--sha256', built]))).toContain('is not the file that was built')
    expect(await complaint(bare(['--sha256', built, '--dry-run'], {}))).toContain('is not the file that was built')
    expect(await readdir(folder)).toEqual(['agent'])
  })

  test.each([
    ['no digest', [], '--sha256 is missing'],
    ['half a digest', ['--sha256', 'ab12'], 'takes 64 hexadecimal digits'],
    ['what is no digest', ['--sha256', 'z'.repeat(64)], 'takes 64 hexadecimal digits'],
  ])('%s is refused before anything is done', async (_, args, words) => {
    const { bare, folder } = await place()
    expect(await complaint(bare([...args, '--dry-run'], {}))).toContain(words)
    if (args.length > 0) expect(await complaint(bare([...args]))).toContain(words)
    expect(await readdir(folder)).toEqual(['agent'])
  })

  test('a digest in capitals is the same digest; --unverified, and a package below DESTDIR, need none', async () => {
    const { bare, digest, dest } = await place()
    await bare(['--sha256', (await digest()).toUpperCase()])
    await bare([])
    await rm(dest, { recursive: true })
    await bare(['--unverified'])
    expect(await readlink(join(dest, 'usr/local/bin/chaos-lite-agent'))).toContain('/1.2.3/')
  })

  test('whatever umask it is called with, others may read and nobody but the owner may write', async () => {
    const { binary, digest, dest, modeOf } = await place()
    for (const mask of ['000', '077']) {
      await rm(dest, { recursive: true, force: true })
      const line = `umask ${mask}; exec sh ${script} --binary ${binary} --sha256 ${await digest()}`
      await run('sh', ['-c', line], { env: { PATH: process.env.PATH ?? '', DESTDIR: dest } })
      for (const path of ['usr/local/bin', 'usr/local/lib/chaos-lite', 'etc/systemd/system', 'etc']) {
        expect(`${mask} ${path} ${await modeOf(path)}`).toBe(`${mask} ${path} 755`)
      }
    }
  })

  test('nothing is left of the copy that was checked', async () => {
    const { install, dest } = await place()
    await install([])
    expect(await readdir(join(dest, 'usr/local/lib'))).toEqual(['chaos-lite'])
  })

  test('a file that is not the agent is refused', async () => {
    const { install } = await place('hello')
    expect(await complaint(install([]))).toContain('is not the Chaos Lite agent')
  })
})
