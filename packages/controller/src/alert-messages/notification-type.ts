import { type Content, cleaned, isObject, type Reader, type Reading } from './reading.ts'

/**
 * Nagios and Checkmk run a command for each notification; what it sends is written by their administrator. Both name what
 * it is in one macro: `$NOTIFICATIONTYPE$`, `NOTIFY_NOTIFICATIONTYPE`.
 */
export const readNotificationType: Reader = ({ fields, names }) => {
  const type = fields.get('notificationtype')
  if (type === undefined) return null
  return readingOf(senderOf(fields, names), type, textOf(fields))
}

/** What Checkmk sends by its method "Slack or Mattermost", which takes any address. */
export const readCheckmkChat: Reader = ({ value }) => {
  const [first]: readonly unknown[] = Array.isArray(value.attachments) ? value.attachments : []
  if (!isObject(first) || typeof first.title !== 'string') return null
  const type = /^(?:Host|Service) ([A-Z]{1,40})(?: \([^)]{0,100}\))? notification$/.exec(first.title.slice(0, 200))?.[1]
  return type === undefined ? null : readingOf('Checkmk', type, cleaned(first.text))
}

function readingOf(sender: string, type: string, text: string | null): Reading {
  if (type === 'PROBLEM') return { state: 'firing', sender, text }
  if (type === 'RECOVERY') return { state: 'resolved', sender, text }
  return { state: 'neither', sender, said: `a notification of the type “${cleaned(type, 40) ?? ''}”` }
}

function senderOf(fields: Content['fields'], names: readonly string[]): string {
  if (fields.has('omdsite') || names.some((name) => name.startsWith('NOTIFY_'))) return 'Checkmk'
  return 'Nagios'
}

function textOf(fields: Content['fields']): string | null {
  const parts = ['hostname', 'servicedesc', 'servicestate', 'hoststate', 'serviceoutput', 'hostoutput']
  return cleaned(
    parts
      .map((name) => fields.get(name))
      .filter((one) => one !== undefined && one !== '')
      .join(', '),
  )
}
