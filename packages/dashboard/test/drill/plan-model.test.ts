import { notNow } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import {
  anAlertStep,
  anAskStep,
  anExerciseStep,
  anInjectStep,
  aPlan,
  digest,
  SRV,
  WS,
} from '../../../shared/test/run/support.ts'
import { peopleSteps, plannedHosts } from '../../src/pages/drill/plan-model.ts'

const explanation = {
  hostId: SRV,
  touches: ['service:nginx'],
  sentences: ['nginx is stopped.', 'Rolled back: it is started again.'],
  injectMs: 10_000,
  revertMs: 20_000,
  digest: digest(3),
}

describe('a plan host by host', () => {
  it('says what is touched, for how long, how it is confirmed and rolled back', () => {
    const plan = aPlan({ steps: [anInjectStep({ explanations: [explanation] })] })
    const [host] = plannedHosts(plan)
    expect(host).toMatchObject({ name: 'SRV-04' })
    expect(host?.deeds[0]).toMatchObject({ title: 'nginx stopped (service.stop)', touches: ['service:nginx'] })
    expect(host?.deeds[0]?.sentences).toEqual(explanation.sentences)
    // 10 s to start, 30 s to be confirmed, 15 min in place, 20 s to roll back in time, 3 s of slack; then 20 s more.
    expect(host?.deeds[0]?.longest).toContain('starts to roll it back after 16 min 3 s')
    expect(host?.deeds[0]?.longest).toContain('rolled back within 16 min 23 s')
    expect(host?.deeds[0]?.confirmedBy).toContain('Counts only if erp-answers goes down within 30 s')
  })

  it('leaves to the start button what keeps it from being started now', () => {
    const sentences = ['It cannot be started now: it rests until 15:13', 'nginx is stopped.']
    const steps = [
      anInjectStep({ explanations: [{ ...explanation, sentences }] }),
      anInjectStep({ stepId: 'again', explanations: [{ ...explanation, sentences }] }),
    ]
    const plan = aPlan({ steps })
    expect(plannedHosts(plan)[0]?.deeds[0]?.sentences).toEqual(['nginx is stopped.'])
    expect(notNow(plan)).toEqual([{ hostId: SRV, name: 'SRV-04', reason: 'it rests until 15:13' }])
  })

  it('puts the hosts that are changed first, and says of the others that they only look', () => {
    const plan = aPlan()
    const hosts = plannedHosts({ ...plan, hosts: plan.hosts.toReversed() })
    expect(hosts.map((host) => [host.hostId, host.deeds.length])).toEqual([
      [SRV, 1],
      [WS, 0],
    ])
    expect(hosts[1]?.looks).toEqual(['erp-answers (http, every 1 s)'])
  })

  it('says of an exercise when it is given up', () => {
    const [host] = plannedHosts(aPlan({ steps: [anExerciseStep()] }))
    expect(host?.deeds[0]).toMatchObject({
      title: 'backup.restore',
      longest: 'Given up after 10 min',
      confirmedBy: null,
    })
  })

  it('shows people their part', () => {
    const said = peopleSteps(aPlan({ steps: [anInjectStep(), anAlertStep(), anAskStep()] }))
    expect(said).toEqual([
      'This alert is expected within 2 min: “The monitoring reports the primary down”',
      'release-desk is asked, and has 10 min: “Can the release desk still sign off a work order?”',
    ])
  })
})
