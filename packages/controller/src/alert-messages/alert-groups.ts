import { cleaned, isObject, objectIn, type Reader, type Reading } from './reading.ts'

type Fields = Readonly<Record<string, unknown>>

/** Groups of alerts, as Alertmanager and Grafana send them: firing as long as one of them fires. */
export const readAlertGroup: Reader = ({ value }) => {
  if (!Array.isArray(value.alerts)) return null
  const sender = Object.hasOwn(value, 'orgId') ? 'Grafana' : 'Alertmanager'
  const neither = (said: string): Reading => ({ state: 'neither', sender, said })
  const alerts: readonly unknown[] = value.alerts
  const { status } = value
  if (status !== 'firing' && status !== 'resolved') return neither('a group without a known status')
  const firing = alerts.filter((one): one is Fields => isObject(one) && one.status === 'firing')
  if (status === 'resolved') {
    return firing.length > 0
      ? neither('a resolved group with alerts that fire')
      : { state: 'resolved', sender, text: textOf(value, alerts) }
  }
  // Alertmanager can be configured to leave alerts out of the list; its status counts them all the same.
  const complete = typeof value.truncatedAlerts !== 'number' || value.truncatedAlerts <= 0
  if (firing.length === 0 && complete) return neither('a firing group without an alert that fires')
  if (firing.length > 0 && complete && firing.every(isTest)) return neither('a test notification')
  return { state: 'firing', sender, text: textOf(value, firing) }
}

/** What Grafana sends when somebody tests a contact point. */
function isTest(alert: Fields): boolean {
  const labels = objectIn(alert, 'labels')
  return labels?.alertname === 'TestAlert' && labels.instance === 'Grafana'
}

function textOf(group: Fields, alerts: readonly unknown[]): string | null {
  const text = [
    group.title,
    objectIn(group, 'commonAnnotations')?.summary,
    objectIn(group, 'commonLabels')?.alertname,
    objectIn(alerts[0], 'annotations')?.summary,
    objectIn(alerts[0], 'labels')?.alertname,
  ].find((one) => cleaned(one) !== null)
  return alerts.length > 1 && text !== undefined ? `${cleaned(text)} (${alerts.length} alerts)` : cleaned(text)
}

/** Grafana before its unified alerting, up to version 10: one rule with a state. */
export const readGrafanaRule: Reader = ({ value }) => {
  if (!['ruleId', 'ruleName', 'state'].every((key) => Object.hasOwn(value, key))) return null
  const text = cleaned(value.title)
  if (value.state === 'alerting') return { state: 'firing', sender: 'Grafana', text }
  if (value.state === 'ok') return { state: 'resolved', sender: 'Grafana', text }
  return { state: 'neither', sender: 'Grafana', said: `a rule in the state “${cleaned(value.state, 40) ?? 'unknown'}”` }
}
