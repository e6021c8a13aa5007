import { describe, expect, it } from 'vitest'
import type { Action } from '../../src/actions/action.ts'
import { actions } from '../../src/actions/index.ts'
import { serviceStop } from '../../src/actions/service/stop.ts'
import { sentencesOf } from '../../src/engine/explanation.ts'
import { explainRestart, restartTexts } from '../../src/engine/over-restart.ts'

const inWords = (action: Action) => sentencesOf(explainRestart(action), restartTexts).join(' ')

const named = (word: Action['overRestart']) =>
  actions.filter(({ overRestart }) => overRestart === word).map(({ name }) => name)

describe('what a restart of the host does to a failure', () => {
  it('is said by every action but those that restart it', () => {
    expect(named(undefined)).toEqual(actions.filter(({ restartsHost }) => restartsHost).map(({ name }) => name))
    expect(named(undefined)).toContain('host.restart')
  })

  it('is nothing where the failure lies in files, which the boot rolls back', () => {
    const files = ['data.quarantine', 'disk.fill', 'hosts.override', 'permission.revoke']
    expect(named('stays')).toEqual(expect.arrayContaining(['account.disable', 'membership.revoke', ...files]))
  })

  it('is its end where it is a process, a rule of the kernel or a state of the network', () => {
    const loads = ['cpu.load', 'io.load', 'memory.fill']
    const ofNetworks = ['dns.block', 'interface.down', 'network.block']
    expect(named('ends')).toEqual(expect.arrayContaining([...loads, ...ofNetworks, 'process.stop']))
  })

  it('hangs on the host where services, mounts or a manager of names begin with it', () => {
    const those = ['resolver.switch', 'service.stop', 'share.disconnect', 'timesync.stop']
    expect(named('as set up')).toEqual(expect.arrayContaining(those))
  })

  it('is said in the plan, with when the boot rolls back', () => {
    const of = (name: string) => inWords(actions.find((action) => action.name === name) as Action)
    expect(of('hosts.override')).toBe(
      'Survives a restart of the host until the agent rolls it back at boot, before services start.',
    )
    expect(of('interface.down')).toBe(
      'A restart of the host ends it. The agent finishes the roll back at boot, once services can be started.',
    )
    expect(inWords(serviceStop)).toMatch(/^Whether it survives a restart depends on the configuration of the host/)
    expect(of('host.restart')).toBe('')
  })
})
