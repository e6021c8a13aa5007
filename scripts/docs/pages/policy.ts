import * as z from 'zod'
import { probeLists } from '../../../packages/agent/src/doctor/offers.ts'
import { allowKeys, keysByHand } from '../../../packages/agent/src/policy/allow-keys.ts'
import { dangers } from '../../../packages/agent/src/policy-file/danger-rules.ts'
import { profiles, starterPolicy } from '../../../packages/agent/src/policy-file/index.ts'
import { PolicyFile, Window } from '../../../packages/agent/src/policy-file/schema.ts'
import { broughtLists, ceilings } from '../../../packages/agent/src/policy-file/terms.ts'
import { isHarmless } from '../../../packages/agent/src/probes/harmless.ts'
import { probes } from '../../../packages/agent/src/probes/index.ts'
import { fieldsTable } from '../json-schema.ts'
import { markdownPage, type Page, table } from '../page.ts'

/** The keys of the host's own policy file, its profiles, and what doctor warns of. */
export function policyPage(): Page {
  return markdownPage('docs/reference/policy.md', [
    '# The host policy',
    '',
    '`/etc/chaos-lite/policy.yaml`, owned by root; nothing that comes over the network changes it. What no line names is refused; without the file a host offers only harmless probes. ' +
      'Rolling back is never subject to it. A refusal, and `chaos-lite-agent doctor`, print the command that would allow it.',
    '',
    'A file that others could write, or with any mistake in it, allows no more than no file. Each mistake is reported with line and column, what was expected, and the nearest name.',
    '',
    '## Allowing more',
    '',
    'Edit the file, or run as root:',
    '',
    '```sh',
    'chaos-lite-agent policy allow actions=service.stop services=nginx holdAtMost=30m',
    '```',
    '',
    'It adds entries to lists and raises limits, and never removes or lowers anything. Comments, order, owner, mode and access list of the file stay. The version before is kept beside it as ' +
      '`policy.yaml.<UTC time>.old`, the newest five. What is allowed already is left alone. A file with a mistake is not touched; the mistakes are printed. ' +
      'The name of an action, service, account, group, interface, file, credential or repository that does not exist on this host is refused with the nearest one, unless `--allow-missing` is given. ' +
      '`--dry-run` shows what would change.',
    '',
    `Keys: ${quoted(allowKeys)}. ${quoted(keysByHand)} are edited by hand.`,
    '',
    '## Harmless probes',
    '',
    `Allowed without a policy: ${quoted(probes.filter(({ params }) => isHarmless(params)).map(({ name }) => name))}. ` +
      'A probe is harmless when its parameters can name nothing: no path, name, address, port or process. Every other probe needs an entry:',
    '',
    ...table(['Probe', 'Needs an entry in'], probeRows()),
    '',
    'The probe with which an allowed action shows its effect when a drill names none (such as `tcp` on the port of the stopped service) needs no entry of its own.',
    '',
    '## Keys',
    '',
    ...fieldsOf(PolicyFile),
    '',
    '## What no line opens',
    '',
    'Built-in protections are checked before the file and again, by what a thing is, before a failure starts. A refusal names `built-in:` and the rule. ' +
      '[What is never touched](../explanation/safety.md#what-is-never-touched) says how each is recognized.',
    '',
    ...table(['Rule', 'Refused'], builtInRows),
    '',
    '## Hours',
    '',
    'A failure must begin and end within one window. Times are those of the zone on the wall: a window keeps its opening times when the clocks change. ' +
      'A window whose end is not after its beginning ends on the next day, and belongs to the day on which it began.',
    '',
    ...fieldsOf(Window),
    '',
    '## Profiles',
    '',
    '`chaos-lite-agent policy starter --profile <profile>` prints a commented file to start from.',
    '',
    ...table(['Profile', 'For', 'Allows', 'Services'], profileRows()),
    '',
    'As an example, `web-server`:',
    '',
    '```yaml',
    ...starterPolicy({ profile: 'web-server' }).trimEnd().split('\n'),
    '```',
    '',
    '## What doctor warns of',
    '',
    'These lines work. They open more than most owners mean, so `doctor` names each with its line.',
    '',
    ...table(['Key', 'Warned of', 'Rather'], dangerRows()),
  ])
}

const builtInRows = [
  ['the agent itself', 'its processes, units, accounts and folders'],
  ['SSH', 'SSH servers under any name, their sockets and ports, and the sessions through them'],
  ['a way in that is used now', 'remote desktops and consoles while somebody is connected through them'],
  ['the last way in', 'the only interface that can be reached from outside'],
  ['the last administrator', 'what would leave nobody who can become root; where keys of administrators are kept'],
  ['root', 'the account root and every account with its number'],
  [
    'the link to the controller',
    'the way to the controller and its proxy, their names, the host that the controller runs on',
  ],
  ['the core of the system', 'the service manager, log-ins, the system bus, devices and logs'],
  ['the network of the host', 'programs that set up interfaces and carry tunnels'],
  ['security software', 'firewalls, virus scanners, audit and intrusion detection'],
  ['the kernel', 'threads and file systems of the kernel'],
  ['path …', 'system folders, package databases and account files, wherever they show'],
  ['local names, loopback', 'names and addresses of the host itself'],
]

function probeRows(): string[][] {
  return probes
    .filter(({ params }) => !isHarmless(params))
    .map(({ name }) => [
      `\`${name}\``,
      (probeLists[name] ?? []).map((keys) => keys.map((key) => `\`${key}\``).join(' or ')).join(', and '),
    ])
}

function fieldsOf(schema: z.ZodType): string[] {
  const json = z.toJSONSchema(schema, { io: 'input', reused: 'inline', unrepresentable: 'any' })
  return fieldsTable(json as Record<string, unknown>)
}

function profileRows(): string[][] {
  return Object.entries(profiles).map(([name, { meaning, ...lists }]) => {
    const { actions = [], exercises = [], services = [] } = lists as Partial<Record<string, readonly string[]>>
    return [`\`${name}\``, meaning, quoted([...actions, ...exercises]), quoted(services)]
  })
}

function dangerRows(): string[][] {
  const rows = Object.entries(dangers.lists).map(([key, { what, remedy }]) => [`\`${key}\``, what, remedy])
  const hours = dangers.longestHoldMs / 3_600_000
  return [
    ...rows,
    ...Object.entries(dangers.ceilings).map(([key, limit]) => [
      `\`${key}\``,
      `${key.endsWith('AtMost') ? 'more' : 'less'} than ${limit}`,
      `${limit} is enough to see what happens`,
    ]),
    ['`holdAtMost`', `more than ${hours} hours`, 'drills need minutes'],
    [
      '`hours`',
      'none, where actions are allowed; windows that are open day and night',
      'hours in which somebody can look',
    ],
  ]
}

function quoted(words: readonly string[]): string {
  return words.length === 0 ? 'none' : words.map((word) => `\`${word}\``).join(', ')
}

/** The keys that actions bring, as a module that the help of the command line may load: neither schema nor actions. */
export function actionKeysModule(): Page {
  const lines = (name: string, about: string, keys: readonly string[]) => [
    `/** ${about} */`,
    `export const ${name}: readonly string[] = ${JSON.stringify(keys, null, 2)}`,
    '',
  ]
  const text = [
    '// Generated by `npm run generate` from the actions of the agent in this repository; do not edit.',
    '',
    ...lines('actionListKeys', 'Lists of the policy file that actions bring.', keysOf(broughtLists)),
    ...lines('actionCeilingKeys', 'Ceilings of the policy file that actions bring.', keysOf(ceilings)),
  ].join('\n')
  return { file: 'packages/agent/src/policy/action-keys.generated.ts', text }
}

function keysOf(terms: readonly { readonly key: string }[]): string[] {
  return terms.map(({ key }) => key)
}
