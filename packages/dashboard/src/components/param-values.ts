import type { Params } from '@chaos-lite/shared'
import type { DrillView } from '@chaos-lite/shared/api'

/** What stands in the form: always text, as a person types it. */
export type Values = Readonly<Record<string, string>>

/** The form as it is opened: the defaults of the drill. */
export function firstValues({ params }: Pick<DrillView, 'params'>): Values {
  return Object.fromEntries(params.map((param) => [param.name, param.default === null ? '' : String(param.default)]))
}

/** What is sent: an empty field is left out, so that the drill's default holds or its absence is reported. */
export function valuesToSend({ params }: Pick<DrillView, 'params'>, values: Values): Params {
  const filled = params.filter((param) => (values[param.name] ?? '').trim() !== '')
  return Object.fromEntries(filled.map((param) => [param.name, (values[param.name] ?? '').trim()]))
}

const EXAMPLES: Readonly<Record<string, string>> = {
  hostname: 'erp.example.test',
  ipAddress: '192.0.2.10',
  port: '443',
  serviceName: 'nginx',
  accountName: 'alice',
  groupName: 'staff',
  folder: '/srv/data',
  file: '/srv/data/list.csv',
  url: 'https://erp.example.test/health',
  duration: '15m',
  size: '200MB',
  number: '10',
  repositoryName: 'nightly',
  credentialName: 'probe-user',
}

/** What is shown in an empty field of this type. */
export function exampleOf(type: string): string {
  return EXAMPLES[type] ?? ''
}

/** What kind of value it is, as a person says it. */
export function typeWords(type: string): string {
  const words: Readonly<Record<string, string>> = {
    hostname: 'a host name',
    ipAddress: 'an address',
    port: 'a port',
    serviceName: 'a service',
    accountName: 'an account',
    groupName: 'a group',
    folder: 'a folder',
    file: 'a file',
    url: 'a web address',
    duration: 'a duration',
    size: 'a size',
    number: 'a number',
    text: 'text',
    choice: 'one of these',
    repositoryName: 'a backup repository named on the host',
    credentialName: 'a credential named on the host',
  }
  return words[type] ?? type
}
