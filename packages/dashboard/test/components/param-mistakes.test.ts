import type { DrillView } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { drillOf, mistakesText, paramMistakes } from '../../src/components/param-mistakes.ts'
import { firstValues } from '../../src/components/param-values.ts'

const shipped = import.meta.glob<string>('../../../../drills/failover-friday-dns.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
})
const [source = ''] = Object.values(shipped)

function mistakesWith(values: Readonly<Record<string, string>>) {
  const drill = drillOf({ name: 'failover-friday-dns', source })
  if (drill === null) throw new Error('The drill has mistakes.')
  const params = Object.entries(drill.params ?? {}).map(([name, { type, ask, default: preset = null, oneOf }]) => {
    return { name, type, ask, default: preset, oneOf: oneOf ?? null } as DrillView['params'][number]
  })
  return paramMistakes(drill, { params }, { ...firstValues({ params }), standby: '192.0.2.20', ...values })
}

describe('the form of a drill, before anything is sent', () => {
  it('finds nothing wrong with values that the drill takes', () => {
    expect(mistakesWith({})).toEqual({ fields: {}, together: [] })
    expect(mistakesWith({ port: ' 8443 ', hold: '', page: '/up' })).toEqual({ fields: {}, together: [] })
  })

  it.each([
    [
      { standby: 'not an address' },
      'does not fit the type ipAddress (expected an IPv4 or IPv6 address such as 192.0.2',
    ],
    [{ standby: ' ' }, 'parameter `standby`: has no value and no default (expected Where should it point?)'],
    [{ port: '70000' }, 'does not fit the type port (expected a port from 1 to 65535)'],
    [{ port: 'https' }, 'does not fit the type port (expected a port from 1 to 65535)'],
    [{ service: '-rf' }, 'does not fit the type serviceName'],
    [{ hold: '15 minutes' }, 'does not fit the type duration (expected a duration such as 500ms, 10s, 15m or 2h)'],
    [{ scheme: 'htps' }, 'is no choice (expected one of http, https; did you mean `https`?)'],
  ])('says of %j what the command line says', (values, sentence) => {
    const { fields } = mistakesWith(values)
    expect(Object.keys(fields)).toEqual(Object.keys(values))
    expect(Object.values(fields)[0]).toContain(sentence)
  })

  it('finds every mistake at once', () => {
    const found = mistakesWith({ port: '0', standby: 'x y', hold: 'long' })
    expect(Object.keys(found.fields)).toEqual(['standby', 'port', 'hold'])
    expect(mistakesText(found)).toBe('3 parameters have mistakes')
  })

  it('finds a drill that cannot end well with these values', () => {
    const found = mistakesWith({ hold: '20s' })
    expect(found.fields).toEqual({})
    expect(found.together.join()).toMatch(/^with these values: .*, at method\[1\]\.within/)
    expect(mistakesText(found)).toBe('these values do not fit together')
  })
})
