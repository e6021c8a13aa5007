import { describe, expect, it } from 'vitest'
import { abilities } from '../../src/host/index.ts'
import { linuxAbilities } from '../../src/host/linux/abilities.ts'
import { type Platform, platforms, support, supportOf } from '../../src/host/platforms.ts'
import { actions } from '../../src/menu.ts'

const all = Object.keys(platforms) as Platform[]

describe('what the platforms can do', () => {
  it('is said of every ability', () => {
    expect(Object.keys(support).sort()).toEqual([...abilities].sort())
    for (const row of Object.values(support)) expect(Object.keys(row)).toEqual(all)
  })

  it('is nothing more for what needs nothing', () => {
    for (const platform of all) expect(supportOf([], platform)).toEqual([])
  })

  it('is no where one need cannot be met, and names each thing once where all can', () => {
    expect(supportOf(['files', 'restart'], 'plain')).toBeNull()
    expect(supportOf(['accounts', 'restart', 'files'], 'systemd')).toEqual(['root', 'GNU coreutils'])
  })

  it('is every action, on Linux with systemd', () => {
    for (const { name, needs } of actions) expect(supportOf(needs, 'systemd'), name).not.toBeNull()
  })

  it('agrees with what a host without a service manager says of itself', async () => {
    const found = await linuxAbilities('none')
    for (const name of abilities) if (support[name].plain === null) expect(found.get(name)?.has, name).toBe(false)
  })

  it('agrees with what a demo host says of itself', async () => {
    const found = await linuxAbilities('supervisor', true)
    for (const name of abilities) if (support[name].demo === null) expect(found.get(name)?.has, name).toBe(false)
  })
})
