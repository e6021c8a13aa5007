import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, type LabHost, until } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { nameHosts } from './support/names.ts'
import { serveSite } from './support/nginx.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse, revertIdentical } from './support/rehearsal.ts'

const CERTIFICATE = '/etc/nginx/lab.crt'
const KEY = '/etc/nginx/lab.key'
const NAME = 'erp.example.test'

const webPolicy = `policy: 1
actions: [certificate.replace]
services: [nginx.service, plain.service, picky.service]
files: [${CERTIFICATE}, ${KEY}]
holdAtMost: 30m
`
const deskPolicy = `policy: 1
probeHosts: ["*.example.test"]
`
const pair = { service: 'nginx', certificate: CERTIFICATE, key: KEY }

/** Runs, and offers no reload. */
const PLAIN = '[Service]\nExecStart=/usr/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n'

/** Its reload refuses a certificate of a drill, as a server does that checks what it reads. */
const PICKY = PLAIN.replace('[Install]', `ExecReload=/bin/sh -c '! grep --quiet chaos-lite ${CERTIFICATE}'\n[Install]`)

async function setScene(lab: Lab): Promise<void> {
  const [web, desk] = [lab.host('web'), lab.host('desk')]
  await serveSite(web, { tls: [NAME], days: 90 })
  await web.writeFile('/etc/systemd/system/plain.service', PLAIN)
  await web.writeFile('/etc/systemd/system/picky.service', PICKY)
  await web.exec(['systemctl', 'daemon-reload'])
  await web.exec(['systemctl', 'enable', '--quiet', '--now', 'plain.service', 'picky.service'])
  // As a company does with the authority of its own: its workstations trust it.
  await desk.writeFile('/usr/local/share/ca-certificates/erp.crt', await web.readFile(CERTIFICATE))
  await desk.enter(['update-ca-certificates'])
  await nameHosts(desk, { [NAME]: web.address })
}

/** The certificate that a new connection from this host is shown: its serial number and its end, as openssl says them. */
async function shownTo(from: LabHost): Promise<string> {
  const ask = `openssl s_client -connect ${NAME}:443 -servername ${NAME} < /dev/null 2> /dev/null | openssl x509 -noout -serial -enddate`
  return (await from.enter(['sh', '-c', ask], { check: false })).stdout.trim()
}

describeLab('an expired certificate', () => {
  let fleet: Fleet
  let web: LabHost
  let desk: LabHost
  let original = ''

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: {
        web: { labels: { role: 'web-server' }, policy: webPolicy },
        desk: { labels: { role: 'workstation' }, policy: deskPolicy },
      },
      disk: 'ext4',
      scene: setScene,
    })
    web = fleet.host('web')
    desk = fleet.host('desk')
    original = await shownTo(desk)
    expect(original).toMatch(/^serial=/)
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const params = { certificate: CERTIFICATE, key: KEY, hold: '2m', answerWithin: '60s', alertWithin: '60s' }

  test('certificate-expired passes when monitoring reports it and the service desk knows what to do', async () => {
    let meanwhile = ''
    const { run, differences } = await fleet.run('certificate-expired', {
      params,
      answers: { 'service-desk': 'yes' },
      during: {
        phase: 'holding',
        act: async () => {
          meanwhile = await shownTo(desk)
        },
      },
    })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(meanwhile).toMatch(/^serial=/)
    expect(meanwhile).not.toBe(original)
    expect(differences).toEqual([])
    expect(await shownTo(desk)).toBe(original)
  })

  test('certificate-expired fails when nobody notices', async () => {
    const { run, differences } = await fleet.run('certificate-expired', {
      params: { ...params, hold: '9s', alertWithin: '3s', answerWithin: '5s' },
      answers: { 'service-desk': 'yes' },
      onAlert: null,
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons.join('\n')).toMatch(/The expected alert did not come/)
    expect(differences).toEqual([])
  })

  test('a rehearsal is confirmed by the certificate that a client of the host is shown', async () => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(web, 'certificate.replace', pair)).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
  })

  test('kill -9 in the middle: the original certificate is shown again', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(web, 'certificate.replace', pair)
      expect(await shownTo(desk)).not.toBe(original)
      await killRehearsal(web)
      await revertIdentical(web)
      await putBack(web)
      expect(await shownTo(desk)).toBe(original)
    })
    expect(changes).toEqual([])
  })

  test.each(['crash', 'powerCut'] as const)(
    'a %s in the middle: the boot shows the original certificate',
    async (how) => {
      const changes = await fleet.changedBy(async () => {
        await web.sync()
        await beginRehearsal(web, 'certificate.replace', pair)
        await web[how]()
        expect(await web.boot()).toBe('running')
        await putBack(web)
        await desk.waitUntil(async () => (await shownTo(desk)) === original)
        // Before services start: nginx never read the expired one after the boot.
        const { stdout } = await web.enter(['systemctl', 'show', '--property=ExecReload', 'nginx'])
        expect(stdout).toContain('start_time=[n/a]')
      })
      expect(changes).toEqual([])
    },
  )

  test('a service without a reload is refused, and nothing is touched', async () => {
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(web, 'certificate.replace', { ...pair, service: 'plain' })
      expect(refused).toMatchObject({ exitCode: 2, ok: false, code: 'cannot-restore' })
      expect(refused.reason).toMatch(/plain\.service offers no reload/)
    })
    expect(changes).toEqual([])
  })

  test('a reload that fails is rolled back at once', async () => {
    const changes = await fleet.changedBy(async () => {
      const tried = await rehearse(web, 'certificate.replace', { ...pair, service: 'picky' }, '10m')
      expect(tried).toMatchObject({ ok: false, restoration: 'identical' })
      expect(tried.reason).toMatch(/picky\.service|reload/)
    })
    expect(changes).toEqual([])
  })

  test('a configuration that cannot be loaded is refused before anything is touched', async () => {
    await web.writeFile('/etc/nginx/conf.d/broken.conf', 'server { listen 81\n')
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(web, 'certificate.replace', pair)
      expect(refused).toMatchObject({ exitCode: 2, ok: false, code: 'cannot-restore' })
      expect(refused.reason).toMatch(/nginx/)
    })
    await web.enter(['rm', '/etc/nginx/conf.d/broken.conf'])
    expect(changes).toEqual([])
  })

  test('a configuration that broke during the failure keeps the record open, with the files back; once it is repaired, all is', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(web, 'certificate.replace', pair)
      const kept = await web.readFile('/etc/nginx/conf.d/lab.conf')
      await web.writeFile('/etc/nginx/conf.d/broken.conf', 'server { listen 81\n')
      await killRehearsal(web)
      const { code } = await agentCommand(web, ['revert', '--all', '--json'])
      expect(code).not.toBe(0)
      expect(await shownTo(desk)).not.toBe(original)
      expect((await web.readFile(CERTIFICATE)).includes('chaos-lite')).toBe(false)
      await web.enter(['rm', '/etc/nginx/conf.d/broken.conf'])
      expect(await web.readFile('/etc/nginx/conf.d/lab.conf')).toBe(kept)
      await revertIdentical(web)
      await putBack(web)
      expect(await shownTo(desk)).toBe(original)
    })
    // The folder of the configuration was changed by the person who broke it and repaired it.
    expect(changes.filter((line) => !line.includes('/etc/nginx/conf.d: mtime'))).toEqual([])
  })

  test('a certificate that was renewed meanwhile is kept, and shown', async () => {
    await beginRehearsal(web, 'certificate.replace', pair)
    const files = ['-keyout', '/run/new.key', '-out', '/run/new.crt', '-days', '120']
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    await web.exec(['openssl', ...request, '-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, ...files])
    await web.enter(['cp', '/run/new.key', KEY])
    await web.enter(['cp', '/run/new.crt', CERTIFICATE])
    const renewed = await web.readFile(CERTIFICATE)
    await killRehearsal(web)
    const { stdout } = await agentCommand(web, ['revert', '--all', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, open: 0 })
    await until('the new certificate is shown', async () => !(await isOneOf(desk, original)))
    expect(await web.readFile(CERTIFICATE)).toBe(renewed)
    const serial = (await web.exec(['openssl', 'x509', '-noout', '-serial', '-in', CERTIFICATE])).stdout.trim()
    expect(await shownTo(desk)).toContain(serial)
    await putBack(web)
  })
})

async function isOneOf(from: LabHost, ...known: readonly string[]): Promise<boolean> {
  const shown = await shownTo(from)
  return shown === '' || known.includes(shown)
}
