import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabHost } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { agentCommand } from './support/install.ts'
import { forgetLines, OUTSIDE, PORTAL, twoLines } from './support/lines.ts'
import { askNames, serveNames } from './support/name-server.ts'
import { beginRehearsal, killRehearsal, putBack, rehearse } from './support/rehearsal.ts'
import { SECOND, SHOP, secondLine } from './support/second-line.ts'
import { thoroughly } from './support/thoroughly.ts'

const ERP = 'erp.example.test'
const gateway = `policy: 1
actions: [network.block, interface.down]
interfaces: [lan1, host0]
addresses: [0.0.0.0/0, "::/0"]
ports: [all]
probeHosts: [${OUTSIDE}, ${SHOP.host}]
holdAtMost: 30m
`

const workstation = `policy: 1
actions: [dns.block, resolver.switch]
addresses: [10.77.0.0/16]
ports: [53, 853]
probeHosts: [${PORTAL}, ${ERP}, 10.77.0.0/16]
holdAtMost: 30m
`

describeLab('the network of a host', () => {
  let fleet: Fleet
  let host: LabHost

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: {
        gateway: { labels: { role: 'gateway' }, policy: gateway },
        desk: { labels: { role: 'workstation' }, policy: workstation },
      },
      bystanders: ['standby', 'outside'],
      scene: async (lab) => {
        await twoLines(lab, ['desk'])
        await secondLine(lab.host('gateway'))
        // The standby's name server leads to itself, as after a failover.
        await serveNames(lab.host('outside'), { [ERP]: lab.host('outside').address })
        await serveNames(lab.host('standby'), { [ERP]: lab.host('standby').address })
        await askNames(lab.host('desk'), lab.host('outside'), ERP)
      },
    })
    host = fleet.host('gateway')
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  const line = { url: `http://${PORTAL}/health`, beyond: OUTSIDE, beyondPort: 80 }

  test('isp-failover passes when the standby line carries', async () => {
    const { run, differences } = await fleet.run('isp-failover', { params: line, answers: { office: 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.switch).toMatchObject({ met: true })
    expect(run.objectives.recover).toMatchObject({ met: true })
    expect(differences).toEqual([])
  })

  test('isp-failover fails because the standby line is dead as well', async () => {
    await fleet.host('standby').exec(['systemctl', 'stop', 'nginx'])
    await forgetLines(fleet.lab, 'desk')
    const short = { target: '3s', hold: '9s', alertWithin: '3s', answerWithin: '4s' }
    const { run, differences } = await fleet.run('isp-failover', {
      params: { ...line, ...short },
      answers: { office: 'yes' },
    })
    await fleet.host('standby').exec(['systemctl', 'start', 'nginx'])
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.objectives.switch.met).not.toBe(true)
    expect(run.reasons.filter((reason) => reason.startsWith('Time to switch over'))).toHaveLength(1)
    expect(differences).toEqual([])
  })

  const names = () => ({ name: ERP, address: fleet.host('outside').address, port: 80 })

  test('dns-resolver-down passes when the office knows what still works', async () => {
    const { run, differences } = await fleet.run('dns-resolver-down', { params: names(), answers: { office: 'yes' } })
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'proved', restoration: 'identical' })
    // What still worked is part of the record: the address did, the name did not.
    const lost = run.probes.filter(({ transitions }) => transitions.some(({ status }) => status === 'down'))
    expect(lost.map(({ probeId }) => probeId)).toContain('name-resolves')
    expect(lost.map(({ probeId }) => probeId)).not.toContain('application-by-address')
    expect(differences).toEqual([])
  })

  test('dns-resolver-down fails because nobody notices', async () => {
    const { run, differences } = await fleet.run('dns-resolver-down', {
      params: { ...names(), hold: '12s', alertWithin: '2s', answerWithin: '4s' },
      answers: { office: 'yes' },
      onAlert: null,
    })
    expect(run).toMatchObject({ outcome: 'failed', effect: 'proved', restoration: 'identical' })
    expect(run.reasons.join('\n')).toMatch(/The expected alert did not come/)
    expect(differences).toEqual([])
  })

  test('rehearsals need no service: it is stopped from here on, so that nothing else rolls back', async () => {
    for (const name of ['gateway', 'desk']) {
      const units = ['chaos-lite-link.service', 'chaos-lite-agent.socket', 'chaos-lite-agent.service']
      await fleet.host(name).enter(['systemctl', 'stop', ...units])
    }
  })

  const block = { addresses: [OUTSIDE], ports: [80] }
  const reaches = async () => {
    const asked = ['curl', '--silent', '--fail', '--max-time', '1', `http://${OUTSIDE}/health`]
    return (await host.enter(asked, { check: false })).code === 0
  }
  const table = async () =>
    /table inet (chaos_lite_\w+)/.exec((await host.enter(['nft', 'list', 'tables'])).stdout)?.[1]

  test('a rehearsal of network.block is confirmed and leaves the host as it was', async () => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(host, 'network.block', block, '4s')).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
  })

  test('kill -9 in the middle of network.block: the line is back, and nothing is left', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'network.block', block)
      expect(await reaches()).toBe(false)
      await killRehearsal(host)
      expect(await reaches()).toBe(false)
      expect((await agentCommand(host, ['revert', '--all'])).code).toBe(0)
      await putBack(host)
      expect(await reaches()).toBe(true)
    })
    expect(changes).toEqual([])
  })

  test('a block of everything leaves SSH, the controller and the host itself reachable', async () => {
    await beginRehearsal(host, 'network.block', { addresses: ['0.0.0.0/0', '::/0'], direction: 'all' })
    expect(await reaches()).toBe(false)
    const local = ['timeout', '1', 'bash', '-c', '</dev/tcp/127.0.0.1/80']
    expect((await host.enter(local, { check: false })).code).toBe(0)
    const { url } = fleet.controller
    const asked = await host.enter(['curl', '--silent', '--insecure', '--fail', `${url}/healthz`], { check: false })
    expect(asked.code).toBe(0)
    // Refused at once by a port that nobody serves: the question came through, and so did the answer.
    const ssh = await fleet.host('desk').enter(['curl', '--silent', '--max-time', '2', `telnet://${host.address}:22`], {
      check: false,
    })
    expect(ssh.code).toBe(7)
    expect((await agentCommand(host, ['revert', '--all'])).code).toBe(0)
    await putBack(host)
  })

  const theirs = 'tcp dport 25 drop comment "by an administrator"'

  test('an administrator who flushes the firewall keeps it so, and nothing of ours comes back', async () => {
    await host.enter(['nft', 'add table inet office'])
    await beginRehearsal(host, 'network.block', block)
    await host.enter(['nft', 'flush', 'ruleset'])
    expect(await reaches()).toBe(true)
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    expect(stdout).toMatch(/was not there any more/)
    await putBack(host)
    expect((await host.enter(['nft', 'list', 'ruleset'])).stdout).toBe('')
  })

  thoroughly('an administrator who writes into our table keeps the rule, and ours goes', async () => {
    await beginRehearsal(host, 'network.block', block)
    const name = (await table()) ?? ''
    await host.enter(['nft', `add rule inet ${name} out ${theirs}`])
    const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
    expect(stdout).toMatch(/ours undone/)
    await putBack(host)
    expect(await reaches()).toBe(true)
    const left = (await host.enter(['nft', 'list', 'table', 'inet', name])).stdout
    expect(left).toContain('by an administrator')
    expect(left).not.toContain(OUTSIDE)
    await host.enter(['nft', 'delete', 'table', 'inet', name])
  })

  const elsewhere = () => ({
    ...{ servers: [fleet.host('standby').address], name: ERP },
    expectAddress: fleet.host('standby').address,
  })
  const leadsTo = async () => (await fleet.host('desk').enter(['getent', 'ahostsv4', ERP])).stdout.split(' ')[0]

  test('a rehearsal of resolver.switch is confirmed and leaves the host as it was', async () => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(fleet.host('desk'), 'resolver.switch', elsewhere())).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
  })

  thoroughly('kill -9 in the middle of resolver.switch: the old name servers are asked again', async () => {
    const desk = fleet.host('desk')
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(desk, 'resolver.switch', elsewhere())
      expect(await leadsTo()).toBe(fleet.host('standby').address)
      await killRehearsal(desk)
      expect((await agentCommand(desk, ['revert', '--all'])).code).toBe(0)
      await putBack(desk)
      expect(await leadsTo()).toBe(fleet.host('outside').address)
    })
    expect(changes).toEqual([])
  })

  const CONFLICTS: [string, string, string][] = [
    ['replaced', 'echo nameserver 10.9.9.9 > /etc/new && mv /etc/new /etc/resolv.conf', 'nameserver 10.9.9.9\n'],
    [
      'turned into a link',
      'echo nameserver 10.8.8.8 > /srv/r && ln -sf /srv/r /etc/resolv.conf',
      'nameserver 10.8.8.8\n',
    ],
  ]

  for (const [how, command, left] of CONFLICTS) {
    thoroughly(`a resolv.conf that was ${how} meanwhile stays as it was made`, async () => {
      const desk = fleet.host('desk')
      const before = await desk.readFile('/etc/resolv.conf')
      await beginRehearsal(desk, 'resolver.switch', elsewhere())
      await desk.enter(['sh', '-c', command])
      const { stdout } = await agentCommand(desk, ['revert', '--all', '--json'])
      expect(stdout).toMatch(/ours undone/)
      await putBack(desk)
      expect(await desk.readFile('/etc/resolv.conf')).toBe(left)
      expect((await desk.enter(['sh', '-c', 'ls -A /etc | grep chaos-lite-'], { check: false })).stdout).toBe('')
      await desk.enter(['rm', '/etc/resolv.conf'])
      await desk.writeFile('/etc/resolv.conf', before)
    })
  }

  thoroughly('a resolv.conf that was deleted meanwhile is there again', async () => {
    const desk = fleet.host('desk')
    const before = await desk.readFile('/etc/resolv.conf')
    await beginRehearsal(desk, 'resolver.switch', elsewhere())
    await desk.enter(['rm', '/etc/resolv.conf'])
    const { stdout } = await agentCommand(desk, ['revert', '--all', '--json'])
    expect(stdout).toMatch(/had been removed by somebody else/)
    await putBack(desk)
    expect(await desk.readFile('/etc/resolv.conf')).toBe(before)
  })

  const cable = { interface: SECOND, reaches: SHOP }
  const shopAnswers = async () => {
    const knock = ['timeout', '1', 'bash', '-c', `</dev/tcp/${SHOP.host}/${SHOP.port}`]
    return (await host.enter(knock, { check: false })).code === 0
  }

  test('a rehearsal of interface.down is confirmed, and addresses and routes are as before', async () => {
    const changes = await fleet.changedBy(async () => {
      expect(await rehearse(host, 'interface.down', cable, '3s')).toMatchObject({
        ...{ exitCode: 0, ok: true, restoration: 'identical', effect: 'proved' },
      })
    })
    expect(changes).toEqual([])
  })

  thoroughly('kill -9 in the middle of interface.down: the machine behind it is reached again', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'interface.down', cable)
      expect(await shopAnswers()).toBe(false)
      await killRehearsal(host)
      expect((await agentCommand(host, ['revert', '--all'])).code).toBe(0)
      await putBack(host)
      expect(await shopAnswers()).toBe(true)
    })
    expect(changes).toEqual([])
  })

  thoroughly('an interface that an administrator switched on meanwhile has its routes again as well', async () => {
    const changes = await fleet.changedBy(async () => {
      await beginRehearsal(host, 'interface.down', cable)
      await host.enter(['ip', 'link', 'set', SECOND, 'up'])
      const { stdout } = await agentCommand(host, ['revert', '--all', '--json'])
      expect(stdout).toMatch(/had been switched on by somebody else/)
      await putBack(host)
    })
    expect(changes).toEqual([])
  })

  test('the interface that carries the link to the controller is refused, and nothing is touched', async () => {
    const changes = await fleet.changedBy(async () => {
      const refused = await rehearse(host, 'interface.down', {
        ...{ interface: 'host0', reaches: { host: fleet.host('outside').address, port: 80 } },
      })
      expect(refused).toMatchObject({ exitCode: 2, ok: false, code: 'policy-refused' })
    })
    expect(changes).toEqual([])
  })
})
