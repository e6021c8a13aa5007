import type { StopAllView } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { hostId, ulid } from '../../../shared/test/run/support.ts'
import { STOP_STATE, type StoppedHost, unconfirmed } from '../../src/app/shell/stop-words.ts'

const host = (name: string, state: StoppedHost['state']): StoppedHost => ({
  ...{ hostId: hostId(name.length), runId: ulid(1), name, state, detail: '' },
})
const view = (hosts: StoppedHost[], stoppedMs: number | null = 1): StopAllView => ({ stoppedMs, hosts })

describe('hosts that have not confirmed since everything was stopped', () => {
  it('stay in sight, those that a person must help first', () => {
    const hosts = [
      host('asked', 'asked'),
      host('gone', 'unreachable'),
      host('fine', 'confirmed'),
      host('b-stuck', 'not put back'),
      host('a-stuck', 'not put back'),
    ]
    expect(unconfirmed(view(hosts)).map(({ name }) => name)).toEqual(['a-stuck', 'b-stuck', 'gone', 'asked'])
  })

  it('are none while runs go on and nobody stopped anything', () => {
    expect(unconfirmed(view([host('a', 'putting back')], null))).toEqual([])
    expect(unconfirmed(undefined)).toEqual([])
  })

  it('are red when they cannot be reached or could not be rolled back', () => {
    expect([STOP_STATE.unreachable.tone, STOP_STATE['not put back'].tone]).toEqual(['bad', 'bad'])
  })
})
