// A little over 250 lines: one list of what products send, easier to compare in one place than in two.
import type { AlertMessage } from '../../../src/alert-messages/content.ts'
import type { Reading } from '../../../src/alert-messages/reading.ts'

/** A message of a product, and what it says. */
export interface Fixture {
  readonly what: string
  readonly message: AlertMessage
  readonly state: Reading['state']
}

/** Messages of one product: of which version they are, and where their form stands. */
export interface Product {
  readonly product: string
  readonly version: string
  readonly source: string
  readonly fixtures: readonly Fixture[]
}

export const json = (value: unknown): AlertMessage => ({
  body: Buffer.from(JSON.stringify(value)),
  contentType: 'application/json',
})
export const form = (fields: Readonly<Record<string, string>>): AlertMessage => ({
  body: Buffer.from(String(new URLSearchParams(fields))),
  contentType: 'application/x-www-form-urlencoded',
})
export const multipart = (data: string): AlertMessage => ({
  body: Buffer.from(`------x7\r\nContent-Disposition: form-data; name="data"\r\n\r\n${data}\r\n------x7--\r\n`),
  contentType: 'multipart/form-data; boundary=----x7',
})

const kuma = (status: number, msg: string) => ({
  heartbeat: { monitorID: 1, status, time: '2026-02-06 18:07:43.733', msg: '200 - OK', important: true, duration: 27 },
  monitor: { id: 1, name: 'erp', url: 'https://erp.example.test/', type: 'http', interval: 60, tags: [] },
  msg,
})

const uptimeKuma: Product = {
  product: 'Uptime Kuma',
  version: '2.0',
  source:
    'github.com/louislam/uptime-kuma at 0c35ce1: server/notification-providers/webhook.js (heartbeat, monitor, msg; as JSON or in the field "data"); src/util.ts (DOWN 0, UP 1, PENDING 2, MAINTENANCE 3)',
  fixtures: [
    { what: 'down', message: json(kuma(0, '[erp] [🔴 Down] timeout of 48000ms exceeded')), state: 'firing' },
    { what: 'down, as a form', message: multipart(JSON.stringify(kuma(0, '[erp] [🔴 Down]'))), state: 'firing' },
    { what: 'up', message: json(kuma(1, '[erp] [✅ Up] 200 - OK')), state: 'resolved' },
    { what: 'pending', message: json(kuma(2, '[erp] pending')), state: 'neither' },
    { what: 'maintenance', message: json(kuma(3, '[erp] maintenance')), state: 'neither' },
    {
      what: 'a test of the notification',
      message: json({ heartbeat: null, monitor: null, msg: 'drill Testing' }),
      state: 'neither',
    },
  ],
}

export const alert = (status: string, n = 0) => ({
  status,
  labels: { alertname: 'HostDown', instance: `host${n}.example.test:9100`, severity: 'critical' },
  annotations: { summary: `host${n} does not answer`, description: 'word '.repeat(60) },
  startsAt: '2026-01-02T03:04:05Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://monitor.example.test:9090/graph',
  fingerprint: n.toString(16).padStart(16, '0'),
})
export const group = (status: string, alerts: readonly unknown[], more = {}) => ({
  receiver: 'drill',
  status,
  alerts,
  groupLabels: { alertname: 'HostDown' },
  commonLabels: { alertname: 'HostDown', severity: 'critical' },
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example.test:9093',
  version: '4',
  groupKey: '{}:{alertname="HostDown"}',
  truncatedAlerts: 0,
  ...more,
})

const alertmanager: Product = {
  product: 'Alertmanager',
  version: '0.28, version 4 of its message',
  source:
    'prometheus.io/docs/alerting/latest/configuration/#webhook_config; github.com/prometheus/alertmanager at 01b7141: notify/webhook/webhook.go (Message, truncateAlerts)',
  fixtures: [
    { what: 'one alert', message: json(group('firing', [alert('firing')])), state: 'firing' },
    {
      what: 'one of a group still fires',
      message: json(group('firing', [alert('resolved'), alert('firing', 1)])),
      state: 'firing',
    },
    {
      what: 'all are over',
      message: json(group('resolved', [alert('resolved'), alert('resolved', 1)])),
      state: 'resolved',
    },
    {
      what: 'those that fire were left out of the list',
      message: json(group('firing', [alert('resolved')], { truncatedAlerts: 7 })),
      state: 'firing',
    },
    { what: 'a status that its alerts deny', message: json(group('firing', [alert('resolved')])), state: 'neither' },
    { what: 'a recovery that its alerts deny', message: json(group('resolved', [alert('firing')])), state: 'neither' },
    { what: 'no alert', message: json(group('firing', [])), state: 'neither' },
  ],
}

const grafanaGroup = (status: string, one: unknown) =>
  group(status, [one], {
    orgId: 1,
    version: '1',
    title: `[${status.toUpperCase()}:1] HostDown`,
    state: 'x',
    message: 'm',
  })

const grafana: Product = {
  product: 'Grafana',
  version: '11.3, unified alerting',
  source:
    'grafana.com/docs/grafana/v11.3/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier; the test: newTestAlert in the receivers of grafana/alerting (labels alertname "TestAlert", instance "Grafana")',
  fixtures: [
    { what: 'firing', message: json(grafanaGroup('firing', alert('firing'))), state: 'firing' },
    { what: 'resolved', message: json(grafanaGroup('resolved', alert('resolved'))), state: 'resolved' },
    {
      what: 'a test of the contact point',
      message: json(
        grafanaGroup('firing', { status: 'firing', labels: { alertname: 'TestAlert', instance: 'Grafana' } }),
      ),
      state: 'neither',
    },
    {
      what: 'a rule of the alerting before (until version 10)',
      message: json({
        ruleId: 1,
        ruleName: 'HostDown',
        state: 'alerting',
        title: '[Alerting] HostDown',
        evalMatches: [],
      }),
      state: 'firing',
    },
    {
      what: 'a rule of the alerting before that is over',
      message: json({ ruleId: 1, ruleName: 'HostDown', state: 'ok', title: '[OK] HostDown', evalMatches: [] }),
      state: 'resolved',
    },
    {
      what: 'a rule of the alerting before without data',
      message: json({ ruleId: 1, ruleName: 'HostDown', state: 'no_data', title: 'HostDown', evalMatches: [] }),
      state: 'neither',
    },
  ],
}

const zabbixEvent = (event_value: string | number, event_update_status = '0', event_source: string | number = '0') => ({
  ...{ alert_subject: 'Problem: ERP does not answer', event_id: '4711', event_name: 'ERP does not answer' },
  ...{ event_source, event_value, event_update_status, host_name: 'erp', trigger_id: '12' },
})

const zabbix: Product = {
  product: 'Zabbix',
  version: '6.0 to 8.0',
  source:
    'github.com/zabbix/zabbix: templates/media/mattermost/media_mattermost.yaml at 066314c (parameters; problem: event_value 1 and event_update_status 0; update: 1 and 1; recovery: 0); templates/media/event_driven_ansible/media_event_driven_ansible.yaml at 0317410 (the parameters as JSON, numbers)',
  fixtures: [
    { what: 'a problem', message: json(zabbixEvent('1')), state: 'firing' },
    { what: 'a problem, in numbers', message: json(zabbixEvent(1, '0', 0)), state: 'firing' },
    { what: 'a recovery', message: json(zabbixEvent('0')), state: 'resolved' },
    { what: 'an acknowledgement of a problem', message: json(zabbixEvent('1', '1')), state: 'neither' },
    { what: 'a host that was discovered', message: json(zabbixEvent('1', '0', '1')), state: 'neither' },
    { what: 'a macro that was not replaced', message: json(zabbixEvent('{EVENT.VALUE}')), state: 'neither' },
    { what: 'a trigger as a form', message: form({ 'TRIGGER.STATUS': 'PROBLEM', subject: 'ERP' }), state: 'firing' },
    { what: 'a trigger that is over', message: form({ 'TRIGGER.STATUS': 'OK', subject: 'ERP' }), state: 'resolved' },
    {
      what: 'one that says two things',
      message: json({ ...zabbixEvent('1'), event_status: 'RESOLVED' }),
      state: 'neither',
    },
  ],
}

const sensor = (status: string) => form({ sensorid: '2042', sensor: 'ERP HTTP', status, message: 'Connection refused' })

const prtg: Product = {
  product: 'PRTG Network Monitor',
  version: '18 and later',
  source:
    'paessler.com/support/kb/prtg7/placeholder_overview (%status); a payload is a form: docs.itoc360.com, PRTG Network Monitor Integration; texts of %status: github.com/PagerTree/pager_tree-integrations at 3804206: test/models/pager_tree/integrations/prtg/v3_test.rb',
  fixtures: [
    { what: 'down', message: sensor('Down'), state: 'firing' },
    { what: 'down after a warning', message: sensor('Down (before: Warning)'), state: 'firing' },
    { what: 'down, again', message: sensor('Down ESCALATION'), state: 'firing' },
    { what: 'a warning', message: sensor('Warning'), state: 'firing' },
    { what: 'a warning that became worse', message: sensor('Warning ended (now: Down)'), state: 'firing' },
    { what: 'over', message: sensor('Down ended (now: Up)'), state: 'resolved' },
    { what: 'up', message: sensor('Up'), state: 'resolved' },
    { what: 'better, but not over', message: sensor('Down ended (now: Warning)'), state: 'neither' },
    { what: 'a warning after it was down', message: sensor('Warning (before: Down)'), state: 'neither' },
    { what: 'acknowledged', message: sensor('Down (Acknowledged)'), state: 'neither' },
    { what: 'paused', message: sensor('Down ended (now: Paused)'), state: 'neither' },
  ],
}

const checkmkContext = (type: string) => ({
  ...{ NOTIFY_NOTIFICATIONTYPE: type, NOTIFY_WHAT: 'SERVICE', NOTIFY_HOSTNAME: 'erp', NOTIFY_SERVICEDESC: 'HTTP' },
  ...{ NOTIFY_SERVICESTATE: 'CRIT', NOTIFY_SERVICEOUTPUT: 'Connection refused', NOTIFY_OMD_SITE: 'prod' },
})
const chat = (type: string) => ({
  attachments: [
    { color: '#EE0000', title: `Service ${type} notification`, text: 'Host: erp\nService: HTTP\nState: CRIT' },
    { color: '#EE0000', title: 'Additional Info', text: 'Connection refused', footer: 'Check_MK notification: x' },
  ],
})

const checkmk: Product = {
  product: 'Checkmk',
  version: '2.5.0; "Slack or Mattermost" since 1.6',
  source:
    'github.com/Checkmk/checkmk: cmk/notification_plugins/utils.py at 2.5.0 (collect_context: NOTIFY_…); cmk/notification_plugins/slack.py at 0c23bb3 (construct_message); the types: its handbook, and NOTIFICATIONTYPE in the macros of Nagios',
  fixtures: [
    { what: 'a problem', message: json(checkmkContext('PROBLEM')), state: 'firing' },
    { what: 'a recovery', message: json(checkmkContext('RECOVERY')), state: 'resolved' },
    { what: 'an acknowledgement', message: json(checkmkContext('ACKNOWLEDGEMENT')), state: 'neither' },
    { what: 'a downtime', message: json(checkmkContext('DOWNTIMESTART')), state: 'neither' },
    { what: 'a problem by the method for chats', message: json(chat('PROBLEM')), state: 'firing' },
    { what: 'a recovery by the method for chats', message: json(chat('RECOVERY')), state: 'resolved' },
    { what: 'flapping by the method for chats', message: json(chat('FLAPPINGSTART')), state: 'neither' },
  ],
}

const macros = (type: string) =>
  form({ NOTIFICATIONTYPE: type, HOSTNAME: 'erp', HOSTSTATE: 'DOWN', HOSTOUTPUT: 'no ping' })

const nagios: Product = {
  product: 'Nagios Core',
  version: '4',
  source:
    'assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html#notificationtype (PROBLEM, RECOVERY, ACKNOWLEDGEMENT, FLAPPINGSTART, FLAPPINGSTOP, FLAPPINGDISABLED, DOWNTIMESTART, DOWNTIMEEND, DOWNTIMECANCELLED)',
  fixtures: [
    { what: 'a problem', message: macros('PROBLEM'), state: 'firing' },
    { what: 'a problem as JSON', message: json({ notification_type: 'PROBLEM', host_name: 'erp' }), state: 'firing' },
    { what: 'a recovery', message: macros('RECOVERY'), state: 'resolved' },
    ...['ACKNOWLEDGEMENT', 'FLAPPINGSTART', 'FLAPPINGSTOP', 'FLAPPINGDISABLED', 'DOWNTIMESTART', 'DOWNTIMEEND'].map(
      (type) => ({ what: type, message: macros(type), state: 'neither' as const }),
    ),
    { what: 'a macro that was not replaced', message: macros('$NOTIFICATIONTYPE$'), state: 'neither' },
  ],
}

export const products: readonly Product[] = [uptimeKuma, alertmanager, grafana, zabbix, prtg, checkmk, nagios]
