import { mkdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { lookAtInstallation } from '../../src/doctor/installation.ts'
import { lookAtLink } from '../../src/doctor/link.ts'
import { askUnits, UNITS, type Unit } from '../../src/doctor/units.ts'
import { pathsUnder } from '../../src/paths.ts'
import { temporaryFolder } from '../fixtures/local-host.ts'

type Properties = Readonly<Record<string, string>>

/** The units as the installer leaves them, on a host at rest. */
const installed: Readonly<Record<string, Properties>> = {
  ...Object.fromEntries(
    Object.values(UNITS).map((name) => [
      name,
      { LoadState: 'loaded', UnitFileState: name.includes('kept') ? 'static' : 'enabled', ActiveState: 'inactive' },
    ]),
  ),
  [UNITS.link]: { LoadState: 'loaded', UnitFileState: 'enabled', ActiveState: 'active', User: 'chaos-lite' },
  [UNITS.socket]: { LoadState: 'loaded', UnitFileState: 'enabled', ActiveState: 'active' },
}
const notThere = Object.fromEntries(
  Object.values(UNITS).map((name) => [name, { LoadState: 'not-found', ActiveState: 'inactive' }]),
)

/** A host whose systemctl describes these units; its account exists. */
function saying(units: Readonly<Record<string, Properties>>) {
  const blocks = Object.entries(units).map(([name, properties]) =>
    Object.entries({ Id: name, SubState: 'x', NeedDaemonReload: 'no', ...properties })
      .map((pair) => pair.join('='))
      .join('\n'),
  )
  return {
    run: async ([program]: readonly string[]) => ({
      ...{ code: program === 'systemctl' || program === 'getent' ? 0 : 1, signal: null, stderr: '' },
      stdout: program === 'systemctl' ? `${blocks.join('\n\n')}\n` : '',
    }),
  }
}

async function findings(units: Readonly<Record<string, Properties>>, ownThings = true, enrolled = true) {
  const paths = pathsUnder(await temporaryFolder())
  if (ownThings) await mkdir(paths.journal, { recursive: true })
  const host = saying(units)
  const found = await lookAtInstallation({ host, paths, units: await askUnits(host), enrolled })
  const of = (subject: string) => found.find((one) => one.subject === subject)
  return { found, of }
}

test('each unit is reported as systemd describes it now', async () => {
  const { of } = await findings(installed)
  for (const name of Object.values(UNITS)) expect(of(name), name).toMatchObject({ state: 'good' })
  expect(of(UNITS.recover)?.text).toContain('enabled, inactive')
})

test('a host without any piece is reported as one where nothing is installed', async () => {
  const { found } = await findings(notThere, false)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ subject: 'installation', state: 'bad' })
  expect(found[0]?.text).toContain('not installed on this host')
  expect(found[0]?.remedy).toContain('install-agent.sh')
})

test.each<[string, string, Properties, RegExp, RegExp]>([
  ['missing', UNITS.early, { LoadState: 'not-found' }, /not installed/, /install-agent/],
  ['masked', UNITS.recover, { LoadState: 'masked' }, /masked/, /systemctl unmask/],
  ['disabled', UNITS.recover, { UnitFileState: 'disabled' }, /disabled: it does not start at boot/, /systemctl enable/],
  [
    'changed on disk',
    UNITS.root,
    { NeedDaemonReload: 'yes', FragmentPath: '/x' },
    /\/x or what is enabled was changed/,
    /daemon-reload/,
  ],
  ['stopped', UNITS.socket, { ActiveState: 'inactive' }, /inactive/, /systemctl start chaos-lite-agent.service/],
  ['failed', UNITS.early, { ActiveState: 'failed', Result: 'exit-code' }, /failed \(exit-code\)/, /journalctl/],
  ['root', UNITS.link, { User: 'root' }, /runs as root, and must not/, /install-agent/],
  ['missing, the kept one', UNITS.recoverKept, { LoadState: 'not-found' }, /not installed/, /install-agent/],
])('a unit that is %s is wrong', async (_note, name, properties, text, remedy) => {
  const { of } = await findings({ ...installed, [name]: { ...installed[name], ...properties } })
  expect(of(name)).toMatchObject({
    state: 'bad',
    text: expect.stringMatching(text),
    remedy: expect.stringMatching(remedy),
  })
})

test('units that only wait for the enrolment are not wrong by themselves', async () => {
  const waiting = { UnitFileState: 'disabled', ActiveState: 'inactive' }
  const names = [UNITS.link, UNITS.socket, UNITS.root]
  const units = { ...installed, ...Object.fromEntries(names.map((name) => [name, { ...installed[name], ...waiting }])) }
  const { of } = await findings(units, true, false)
  for (const name of names) {
    expect(of(name), name).toMatchObject({ state: 'note', remedy: null })
    expect(of(name)?.text).toContain('waits until this host is enrolled')
  }
  const { of: ofAnother } = await findings(
    { ...units, [UNITS.recover]: { ...installed[UNITS.recover], ...waiting } },
    true,
    false,
  )
  expect(ofAnother(UNITS.recover)).toMatchObject({ state: 'bad' })
})

test('a revoked host is known by its log, with the command that enrols it again', async () => {
  const row = (msg: string, time: number) => JSON.stringify({ level: 50, time, msg })
  const stdout = [row('The link is open, to x.', 2_000), row('This host was revoked by an administrator.', 3_000)].join(
    '\n',
  )
  const host = { run: async () => ({ code: 0, signal: null, stdout, stderr: '' }) }
  const unit = { ActiveState: 'active', MainPID: String(process.pid) } as Unit
  const at = { controllerUrl: 'https://chaos.example.test', enrolledMs: 1_000 }
  const [found] = await lookAtLink(host, unit, at)
  expect(found).toMatchObject({
    subject: 'link',
    state: 'bad',
    text: expect.stringContaining('was revoked at https://'),
  })
  expect(found?.remedy).toContain(`chaos-lite-agent enrol --controller ${at.controllerUrl} --token-file FILE`)
  const [anew] = await lookAtLink(host, unit, { ...at, enrolledMs: 4_000 })
  expect(anew?.text).not.toContain('was revoked at')
})

test('a service manager that does not answer is an error, not a host that is well', async () => {
  const dead = { run: async () => ({ code: 1, signal: null, stdout: '', stderr: 'Failed to connect to bus' }) }
  await expect(askUnits(dead)).rejects.toThrow(/Failed to connect to bus/)
})
