import { readAlertGroup, readGrafanaRule } from './alert-groups.ts'
import { type AlertMessage, contentOf } from './content.ts'
import { readCheckmkChat, readNotificationType } from './notification-type.ts'
import { readOwnForm } from './own-form.ts'
import { readPrtg } from './prtg.ts'
import type { Reader, Reading } from './reading.ts'
import { readUptimeKuma } from './uptime-kuma.ts'
import { readZabbix } from './zabbix.ts'

const readers: readonly Reader[] = [
  ...[readOwnForm, readUptimeKuma, readAlertGroup, readGrafanaRule],
  ...[readZabbix, readPrtg, readNotificationType, readCheckmkChat],
]

/** Tells alerts from recoveries. Never throws: what is not understood is `unknown`. */
export function readAlert(message: AlertMessage): Reading {
  const content = contentOf(message)
  if ('why' in content) return { state: 'unknown', why: content.why }
  const readings = readers.flatMap((read) => read(content) ?? [])
  const [first] = readings
  if (first === undefined) return { state: 'unknown', why: 'its fields are those of no known monitoring system' }
  if (readings.every(({ state }) => state === first.state)) return first
  return { state: 'unknown', why: 'it contradicts itself' }
}
