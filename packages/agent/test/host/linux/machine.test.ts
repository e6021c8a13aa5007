import { describe, expect, it } from 'vitest'
import { comesBack } from '../../../src/host/linux/machine.ts'

describe('a service that a boot should bring back', () => {
  it.each([
    ['is enabled', { Type: 'notify', UnitFileState: 'enabled' }, true],
    ['was started by hand', { Type: 'simple', UnitFileState: 'disabled' }, true],
    ['is made by a generator', { Type: 'forking', UnitFileState: 'enabled-runtime' }, true],
    ['lives only in memory', { Type: 'simple', UnitFileState: 'transient' }, false],
    ['is started by the bus', { Type: 'dbus', UnitFileState: 'static' }, false],
    ['is started by its socket', { Type: 'notify', UnitFileState: 'enabled', TriggeredBy: 'cups.socket' }, false],
    ['is started by a timer', { Type: 'oneshot', UnitFileState: 'static', TriggeredBy: 'x.timer' }, false],
  ])('one that %s', (_, shown, back) => {
    expect(comesBack(shown)).toBe(back)
  })
})
