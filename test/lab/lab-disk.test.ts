import { expect, test } from 'vitest'
import { type DiskKind, diffManifests, Lab } from '../../scripts/lab/index.ts'
import { describeLab } from './support/describe-lab.ts'

describeLab('a power cut', () => {
  const disks: DiskKind[] = ['ext4', 'ext4-noauto', 'xfs']

  test.each(disks)('on %s keeps a synced file and loses an unsynced one', async (disk) => {
    await using lab = await Lab.up({ hosts: ['plant'], disk })
    const host = lab.host('plant')
    await host.writeFile('/srv/synced', 'kept')
    await host.enter(['sync', '/srv/synced', '/srv'])
    await host.writeFile('/srv/unsynced', 'lost')
    await host.powerCut()
    expect(await host.isUp()).toBe(false)
    expect(await host.boot()).toBe('running')
    expect(await host.readFile('/srv/synced')).toBe('kept')
    expect((await host.enter(['cat', '/srv/unsynced'], { check: false })).stdout).toBe('')
  })

  test.each(disks)('on %s right after the lab came up costs the host nothing', async (disk) => {
    await using lab = await Lab.up({ hosts: ['plant'], disk })
    const host = lab.host('plant')
    const before = await host.manifest()
    await host.powerCut()
    expect(await host.boot()).toBe('running')
    expect(diffManifests(before, await host.manifest())).toEqual([])
  })

  test('of one host leaves the others running', async () => {
    await using lab = await Lab.up({ hosts: ['plant', 'office'], disk: 'ext4' })
    const office = await lab.host('office').bootId()
    await lab.host('plant').powerCut()
    expect(await lab.host('plant').boot()).toBe('running')
    expect(await lab.host('office').bootId()).toBe(office)
  })

  test('on ext4-noauto also loses what a rename over an unsynced file replaced', async () => {
    await using lab = await Lab.up({ hosts: ['plant'], disk: 'ext4-noauto' })
    const host = lab.host('plant')
    await host.writeFile('/srv/value', 'old')
    await host.enter(['sync', '/srv/value', '/srv'])
    await host.writeFile('/srv/value.tmp', 'new')
    await host.enter(['mv', '/srv/value.tmp', '/srv/value'])
    await host.enter(['sync', '/srv'])
    await host.powerCut()
    await host.boot()
    expect(await host.readFile('/srv/value')).toBe('')
  })
})
