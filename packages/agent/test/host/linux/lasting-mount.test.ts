import { describe, expect, it } from 'vitest'
import type { Finished } from '../../../src/host/host.ts'
import { mountToLast, needsHelper } from '../../../src/host/linux/lasting-mount.ts'
import { linuxMounts } from '../../../src/host/linux/mounts.ts'
import { mountOptions } from '../../../src/host/mounts.ts'

const order = { source: 'anna@files:/plans', point: '/mnt/plans', kind: 'fuse.sshfs', options: '_netdev,reconnect' }
const unit = 'mnt-plans.mount'
const loaded = `LoadState=loaded\nWhat=${order.source}\nType=fuse.sshfs\nOptions=_netdev,reconnect\n`

/** Programs of a host where systemd knows this of the unit; what was started, in order. */
function host(shown: string, answers: Readonly<Record<string, Partial<Finished>>> = {}) {
  const started: string[] = []
  const start = async (argv: readonly [string, ...string[]]): Promise<Finished> => {
    const command = argv.join(' ')
    started.push(command)
    const given = Object.entries(answers).find(([beginning]) => command.startsWith(beginning))?.[1]
    const usual = argv[0] === 'systemd-escape' ? `${unit}\n` : command.startsWith('systemctl show') ? shown : ''
    return { code: 0, signal: null, stdout: usual, stderr: '', ...given }
  }
  return { start, started }
}

describe('a mount whose helper must outlive the agent', () => {
  it.each([
    ['fuse.sshfs', true],
    ['davfs', true],
    ['glusterfs', true],
    ['nfs4', false],
    ['cifs', false],
  ])('%s has a helper: %s', (kind, has) => {
    expect(needsHelper({ kind })).toBe(has)
  })

  it('is left to the unit that systemd made of the same line of fstab', async () => {
    const { start, started } = host(loaded)
    await mountToLast(start, order, 1_000)
    expect(started).toContain(`systemctl start -- ${unit}`)
    expect(started.join('\n')).not.toContain('systemd-run')
  })

  it.each([
    ['knows no such unit', 'LoadState=not-found\n'],
    ['has other options', loaded.replace('reconnect', 'ro')],
    ['has another source', loaded.replace('anna@', 'ben@')],
    ['has another kind', loaded.replace('Type=fuse.sshfs', 'Type=nfs4')],
  ])('is a service of its own where systemd %s', async (_, shown) => {
    const { start, started } = host(shown)
    await mountToLast(start, order, 1_000)
    const last = started.at(-1) ?? ''
    expect(last).toMatch(/^systemd-run .*--collect --service-type=forking --unit=chaos-lite-mnt-plans-mount\.service/)
    expect(last).toMatch(/-- mount -t fuse\.sshfs -o _netdev,reconnect -- anna@files:\/plans \/mnt\/plans$/)
  })

  it('is left to that unit too where the line has options for systemd, which the unit does not', async () => {
    const { start, started } = host(loaded)
    const options = '_netdev,nofail,x-systemd.device-timeout=20s,reconnect,x-systemd.automount,comment=systemd.x'
    await mountToLast(start, { ...order, options }, 1_000)
    expect(started).toContain(`systemctl start -- ${unit}`)
  })

  it.each([
    ['nofail,_netdev,reconnect', '_netdev,reconnect'],
    ['x-systemd.mount-timeout=5', 'defaults'],
    ['noauto,ro', 'ro'],
    ['', 'defaults'],
    ['nofailover,x-gvfs-show', 'nofailover,x-gvfs-show'],
  ])('gives the helper of "%s" only what it knows: %s', async (options, given) => {
    expect(mountOptions({ options })).toBe(given)
    const { start, started } = host('LoadState=not-found\n')
    await mountToLast(start, { ...order, options }, 1_000)
    expect(started.at(-1)).toContain(`-- mount -t fuse.sshfs -o ${given} -- `)
  })

  it('is tried again although it failed before', async () => {
    const { start, started } = host(loaded, { 'systemctl reset-failed': { code: 1 } })
    await mountToLast(start, order, 1_000)
    expect(started.indexOf(`systemctl reset-failed -- ${unit}`)).toBeLessThan(
      started.indexOf(`systemctl start -- ${unit}`),
    )
  })

  it('fails with what the helper itself said', async () => {
    const { start } = host(loaded, {
      'systemctl start': { code: 1, stderr: 'Job failed.' },
      journalctl: { stdout: 'read: Connection reset by peer\n' },
    })
    await expect(mountToLast(start, order, 1_000)).rejects.toMatchObject({
      ...{ code: 'tool-failed', message: '/mnt/plans could not be mounted: read: Connection reset by peer.' },
    })
  })

  it('fails with what systemd said where nobody else did', async () => {
    const { start } = host(loaded, { 'systemctl start': { code: 1, stderr: 'Job\nfailed.' } })
    await expect(mountToLast(start, order, 1_000)).rejects.toThrow(/could not be mounted: Job failed\./)
  })

  it('fails where systemd cannot be asked', async () => {
    const { start } = host(loaded, { 'systemctl show': { code: 1, stderr: 'no bus' } })
    await expect(mountToLast(start, order, 1_000)).rejects.toThrow(/systemctl refused: no bus/)
  })

  it.each([
    ['fuse.sshfs', true, /systemctl start/],
    ['fuse.sshfs', false, /mount -t fuse\.sshfs/],
    ['nfs4', true, /mount -t nfs4/],
  ])('%s with systemd (%s) is done by the right one', async (kind, systemd, command) => {
    const { start, started } = host(loaded.replace('fuse.sshfs', kind))
    await linuxMounts({ start, systemd }).mount({ ...order, kind })
    expect(started.at(-1)).toMatch(command)
  })
})
