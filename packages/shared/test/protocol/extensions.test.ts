import { expect, test } from 'vitest'
import { AgentFrame, ControllerFrame, EXTENSIONS, extensionsOf, versionWith } from '../../src/protocol/index.ts'

test('the version of a hello carries the extensions, and stays within its bound', () => {
  expect(versionWith('0.1.0', [])).toBe('0.1.0')
  expect(versionWith('0.1.0', ['hardware'])).toBe('0.1.0+hardware')
  expect(versionWith('10.20.30-rc.1', EXTENSIONS).length).toBeLessThanOrEqual(64)
})

test.each([
  ['0.1.0', []],
  ['0.1.0+hardware', ['hardware']],
  ['2.0.0+tomorrow.hardware', ['hardware']],
  ['2.0.0+tomorrow', []],
  ['0.1.0-hardware', []],
  ['0.1.0+hardware+hardware', ['hardware']],
  ['', []],
])('of the version %j, this version knows %j', (version, expected) => {
  expect(extensionsOf(version)).toEqual(expected)
})

test('a hello with extensions is still the hello that every controller reads', () => {
  const agreement = `${'A'.repeat(43)}=`
  const hello = { hostId: `h-${'0'.repeat(24)}`, epoch: '0'.repeat(32), nonce: '0'.repeat(64), agreement }
  expect(AgentFrame.safeParse({ type: 'hello', ...hello, version: '0.1.0+hardware' }).success).toBe(true)
})

const welcome = { type: 'welcome', session: '0'.repeat(64), cursor: null, leaseTtlMs: 1 }

test.each([[{}], [{ extensions: ['hardware'] }], [{ extensions: ['of-tomorrow'] }]])(
  'a welcome may hold %j',
  (more) => {
    expect(ControllerFrame.safeParse({ ...welcome, ...more }).success).toBe(true)
  },
)

test.each([[{ extensions: ['A b'] }], [{ extensions: Array(17).fill('x') }], [{ features: [] }]])(
  'a welcome may not hold %j',
  (more) => {
    expect(ControllerFrame.safeParse({ ...welcome, ...more }).success).toBe(false)
  },
)
