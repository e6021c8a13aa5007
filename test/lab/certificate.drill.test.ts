import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Lab, LabHost } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'
import { type Fleet, startFleet } from './support/fleet.ts'
import { nameHosts } from './support/names.ts'
import { serveSite } from './support/nginx.ts'
import { thoroughly } from './support/thoroughly.ts'

const policy = `policy: 1
probeHosts: ["*.example.test"]
`

/** As a company does with the authority of its own: its workstations trust it. */
async function trust(host: LabHost, server: LabHost): Promise<void> {
  const certificate = await server.readFile('/etc/nginx/lab.crt')
  await host.writeFile(`/usr/local/share/ca-certificates/${server.name}.crt`, certificate)
  await host.enter(['update-ca-certificates'])
}

async function setScene(lab: Lab): Promise<void> {
  const [desk, erp, old] = [lab.host('desk'), lab.host('erp'), lab.host('old')]
  await serveSite(erp, { tls: ['erp.example.test'], days: 90 })
  await serveSite(old, { tls: ['old.example.test'], days: 12 })
  await trust(desk, erp)
  await trust(desk, old)
  await nameHosts(desk, {
    'erp.example.test': erp.address,
    'old.example.test': old.address,
    'portal.example.test': erp.address,
  })
}

describeLab('certificate-expiry', () => {
  let fleet: Fleet

  beforeAll(async () => {
    fleet = await startFleet({
      hosts: { desk: { labels: { role: 'workstation' }, policy } },
      bystanders: ['erp', 'old'],
      scene: setScene,
    })
  })
  afterAll(async () => await fleet?.[Symbol.asyncDispose]())

  test('passes while there is time enough to renew it', async () => {
    const { run, differences } = await fleet.run('certificate-expiry')
    expect(run.reasons).toEqual([])
    expect(run).toMatchObject({ outcome: 'passed', effect: 'not applicable', restoration: 'not applicable' })
    expect(differences).toEqual([])
  })

  test('fails when the certificate ends too soon', async () => {
    const { run, differences } = await fleet.run('certificate-expiry', { params: { server: 'old.example.test' } })
    expect(run).toMatchObject({ outcome: 'failed', restoration: 'not applicable' })
    expect(run.reasons.join('\n')).toMatch(/daysLeft/)
    expect(differences).toEqual([])
  })

  thoroughly('fails when the certificate is for another name', async () => {
    const { run } = await fleet.run('certificate-expiry', { params: { server: 'portal.example.test' } })
    expect(run.outcome).toBe('failed')
    expect(run.reasons.join('\n')).toMatch(/authorized/)
  })
})
