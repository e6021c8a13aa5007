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
  it('is said by every action but the restart itself', () => {
    expect(named(undefined)).toEqual(['host.restart'])
  })

  it('is nothing where the failure lies in files, which the boot puts back', () => {
    expect(named('stays').sort()).toEqual([
      ...[
        'account.disable',
        'data.quarantine',
        'disk.fill',
        'hosts.override',
        'membership.revoke',
        'permission.revoke',
      ],
    ])
  })

  it('is its end where it is a process, a rule of the kernel or a state of the network', () => {
    expect(named('ends').sort()).toEqual([
      ...['cpu.load', 'dns.block', 'interface.down', 'io.load', 'memory.fill', 'network.block', 'process.stop'],
    ])
  })

  it('hangs on the host where services, mounts or a manager of names begin with it', () => {
    expect(named('as set up').sort()).toEqual(['resolver.switch', 'service.stop', 'share.disconnect', 'timesync.stop'])
  })

  it('is said in the plan, with when the boot puts back', () => {
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
