import { ParamType } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { firstValues, typeWords, valuesToSend } from '../../src/components/param-values.ts'

const params = [
  { name: 'name', type: 'hostname', ask: 'Which?', default: 'erp.example.test', oneOf: null },
  { name: 'port', type: 'port', ask: 'Which?', default: 443, oneOf: null },
  { name: 'standby', type: 'ipAddress', ask: 'Where?', default: null, oneOf: null },
]

describe('the form of a drill', () => {
  it('opens with the defaults', () => {
    expect(firstValues({ params })).toEqual({ name: 'erp.example.test', port: '443', standby: '' })
  })

  it('sends what stands in it, without blanks around it, and leaves out what is empty', () => {
    expect(valuesToSend({ params }, { name: ' a.example ', port: '8443', standby: '  ' })).toEqual({
      name: 'a.example',
      port: '8443',
    })
  })

  it('has words for every type', () => {
    for (const type of ParamType.options) expect(typeWords(type)).not.toMatch(/[A-Z]/)
  })
})
