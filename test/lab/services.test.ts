import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lab, type LabHost } from '../../scripts/lab/index.ts'
import { addAccount, addGroup, canLogIn } from './support/accounts.ts'
import { borg, makeArchive, makeBorgRepository } from './support/borg.ts'
import { followTime, serveTime } from './support/chrony.ts'
import { printed, printText, servePrinter, serveQueue } from './support/cups.ts'
import { describeLab } from './support/describe-lab.ts'
import { canBind, serveDirectory } from './support/ldap.ts'
import { nameHosts } from './support/names.ts'
import { askSite, serveSite } from './support/nginx.ts'
import { canQuery, serveDatabase, sql } from './support/postgres.ts'
import { makeRepository, makeSnapshot, restic } from './support/restic.ts'

describeLab('the services drills are made for', () => {
  let lab: Lab
  let server: LabHost
  let client: LabHost

  beforeAll(async () => {
    lab = await Lab.up({ hosts: ['server', 'client'] })
    server = lab.host('server')
    client = lab.host('client')
  })
  afterAll(async () => await lab?.down())

  test('a site with TLS', async () => {
    await serveSite(server, { tls: ['erp.example.test'] })
    await nameHosts(client, { 'erp.example.test': server.address })
    expect(await askSite(client, 'https://erp.example.test/health')).toBe('server')
  })

  test('a directory', async () => {
    await serveDirectory(server, [{ uid: 'anna', password: 'secret' }])
    expect(await canBind(client, server.address, { uid: 'anna', password: 'secret' })).toBe(true)
    expect(await canBind(client, server.address, { uid: 'anna', password: 'wrong' })).toBe(false)
  })

  test('a database', async () => {
    const database = { name: 'lims', user: 'lims', password: 'secret' }
    await serveDatabase(server, database)
    await sql(server, 'lims', 'create table sample (id int); insert into sample values (7)')
    expect(await sql(server, 'lims', 'select id from sample')).toBe('7')
    expect(await canQuery(client, server.address, database)).toBe(true)
  })

  test('a print queue and a label printer', async () => {
    await servePrinter(client)
    await serveQueue(server, 'labels', client.address)
    await printText(server, 'labels', 'LOT 4711')
    await client.waitUntil(async () => (await printed(client)).includes('LOT 4711'))
  })

  test('a source of time', async () => {
    await serveTime(server)
    await followTime(client, server.address)
    expect((await client.exec(['chronyc', 'tracking'])).stdout).toContain('Leap status     : Normal')
  })

  test('backups', async () => {
    await server.writeFile('/srv/data/order.txt', 'one\n')
    const repository = await makeRepository(server)
    const snapshot = await makeSnapshot(server, repository, ['/srv/data'])
    expect(await restic(server, repository, ['ls', snapshot])).toContain('/srv/data/order.txt')
    const path = await makeBorgRepository(server)
    await makeArchive(server, path, 'today', ['/srv/data'])
    expect(await borg(server, ['list', '--short', `${path}::today`])).toContain('srv/data/order.txt')
  })

  test('accounts', async () => {
    await addGroup(server, 'release')
    await addAccount(server, { name: 'anna', password: 'secret', groups: ['release'] })
    expect(await canLogIn(server, 'anna', 'secret')).toBe(true)
    expect(await canLogIn(server, 'anna', 'wrong')).toBe(false)
  })
})
