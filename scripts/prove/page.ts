import { table } from '../docs/page.ts'
import { proved } from './actions.ts'
import { DISKS } from './draw.ts'
import { scenarios } from './scenarios.ts'
import { type Cell, sum, type Tally } from './tally.ts'
import { LAYOUTS } from './write-orders/stage.ts'
import { rowOf } from './write-orders/subjects.ts'

const ORDERS = 'orders'
const WORLDS = [
  {
    name: 'namespace',
    title: 'Pretended hosts (namespaces)',
    about:
      'Each schedule gets a fresh host of its own folders, accounts, processes and boot id. Its disk is memory: what is ' +
      'proved here is what the death of processes and failing calls leave behind.',
  },
  {
    name: 'lab',
    title: 'Real hosts (systemd, own disk)',
    about:
      'Debian hosts with systemd as process 1, the agent as its installer installs it, and a disk of their own: ext4, ' +
      'ext4 with `noauto_da_alloc`, xfs. A power cut loses every write that was not synced.',
  },
] as const

/** `docs/reference/restoration-matrix.md`, from what was truly run. */
export function matrixPage(tallies: readonly Tally[]): string {
  const cells = sum(tallies)
  const schedules = cells.filter(({ world }) => world !== ORDERS)
  return [
    '<!-- Written by `npm run prove`; do not edit. -->',
    '',
    '# Restoration matrix',
    '',
    'What was done to the agent in the middle of its work, how often, and whether the host was as before afterwards. A *schedule* is one',
    'action on one fresh host, struck at a system call of the unchanged program (or while the failure is held), after which the host goes on: the',
    'agent starts as it does at boot. A tool that is no part of the agent compares the host with itself before: bytes, mode, owner, access',
    'lists, attributes and times of every file and folder, services, accounts, mounts.',
    '',
    `**${total(schedules, 'run')} schedules: ${outcome(schedules)}.**`,
    '',
    'These numbers hold only for the set-ups of hosts that the counted programs were run on; see *Set-ups of the hosts* below, which also says which promises older numbers did not show to be broken.',
    '',
    ...WORLDS.flatMap(({ name, title, about }) =>
      section(
        cells.filter(({ world }) => world === name),
        title,
        about,
      ),
    ),
    ...ordersOf(cells.filter(({ world }) => world === ORDERS)),
    ...brokenOf(tallies),
    ...setUps(),
    '## How to read it, and how to run it again',
    '',
    '- A cell is the number of schedules run. Where something went wrong it says so: *changed*, *false identical*, *stuck*.',
    '- A schedule whose fault never came (the program took another way), or that could not be run, proves nothing and is not counted.',
    '- *Cut off*: a real controller orders the failure over a link, and nothing comes through any more; nobody renews the lease of ten seconds. The',
    '  link of a real host is cut by `test/lab/rehearse.test.ts`.',
    ...proved.flatMap(({ notes = [] }) => notes.map((note) => `- ${note}`)),
    '- `npm run prove -- --seed SEED --schedules 1` runs one seed again; `npm run prove -- --help` says the rest.',
    '- Schedules are drawn at random: an empty cell was not drawn.',
    '',
    '## Runs',
    '',
    '*Program* is a digest of the agent: runs are only added up where it is the same. The counts lie beside this page as JSON; `npm run prove -- --add` adds more.',
    '',
    ...table(
      ['Date (UTC)', 'Commit', 'Program', 'World', 'First seed', 'Counted', 'Not counted', 'Minutes', 'Machine'],
      tallies.map((tally) => [
        tally.date,
        `\`${tally.commit}\``,
        `\`${tally.program}\``,
        [...tally.worlds, ...tally.disks].join(', '),
        String(tally.seed),
        String(tally.cells.reduce((all, { run }) => all + run, 0)),
        String(tally.missed),
        (tally.seconds / 60).toFixed(1),
        tally.machine,
      ]),
    ),
    '',
  ].join('\n')
}

/** For which hosts the numbers hold, and for which older ones do not. */
function setUps(): string[] {
  return [
    '## Set-ups of the hosts',
    '',
    'The numbers hold for these set-ups only. Each schedule has one of them, chosen at random. Those with *refused* are set-ups that the agent must refuse: there it is proved that nothing changes.',
    'The columns of a program that was counted before a set-up, or a row, was added do not contain it: what nobody drew is an empty cell, and the table of runs names the program.',
    'The numbers published before 30 November 2026 (program `520f16c48760` and earlier) contain neither most of these set-ups nor changes that somebody makes meanwhile. Two promises were broken',
    'there and the table did not show it: a stop that takes other units along left them stopped, and work that somebody did in a restored copy of a folder was lost.',
    'A machine that has too much to do broke a third one: of 3,062 schedules in namespaces of program `40700c6b2347`, which are not counted here, 373 ran beside a load of 25, and 3 of these left a folder',
    'with a new modification time and said that somebody else had changed it. The own steps of the agent lay more than a second apart there; since then it knows them however far apart they lie.',
    '',
    ...table(
      ['Action', 'Where', 'Set-up'],
      proved.flatMap(({ action, settings, only: actionOnly }) =>
        settings.map(({ title, only = actionOnly, refused }, index) => [
          `\`${action}\``,
          only === 'lab' ? 'real' : index === 0 && only === undefined ? 'both' : 'pretended',
          `${title}${refused === true ? ' (*refused*)' : ''}`,
        ]),
      ),
    ),
    '',
    '### What somebody does meanwhile',
    '',
    ...table(
      ['Action', 'Somebody'],
      proved.flatMap(({ action, people = [], settings }) =>
        [...people, ...settings.flatMap((one) => one.people ?? [])].map(({ title }) => [`\`${action}\``, title]),
      ),
    ),
    '',
  ]
}

function total(
  cells: readonly Cell[],
  name: 'run' | 'changed' | 'falseIdentical' | 'stuck' | 'points' | 'states',
): number {
  return cells.reduce((all, cell) => all + (cell[name] ?? 0), 0)
}

function outcome(cells: readonly Cell[]): string {
  return `${total(cells, 'changed')} hosts left changed, ${total(cells, 'falseIdentical')} times "identical" said wrongly, ${total(cells, 'stuck')} times stuck`
}

/** What came of recorded disks, by what lay on them. */
function ordersOf(cells: readonly Cell[]): string[] {
  if (cells.length === 0) return []
  const actions = proved.map(({ action }) => action).filter((one) => cells.some(({ action }) => action === one))
  const rows = DISKS.flatMap((disk) => LAYOUTS.map((layout) => rowOf({ disk, layout }))).map((row) => [
    row,
    ...actions.map((action) => {
      const cell = cells.find((one) => one.action === action && one.scenario === row)
      return cell === undefined ? '' : `${said(cell)} (${cell.points} cuts, ${cell.states} hosts)`
    }),
  ])
  return [
    '## Every order of writes (recorded disks)',
    '',
    'Every write and every flush that reached the disks of a pretended host is recorded, from before the failure until it is put back: undisturbed,',
    'or killed while it is held and put back by a boot; with a kernel that writes by itself only what it must, or everything now and then. Then the',
    'power is cut before each flush, and the disks are built as they may be then: of the writes that no flush came after, all, none, or any subset',
    'arrived (every one where there are up to four, else 16 by chance), some of them torn after a sector. Each is mounted, and what differs in anything a program could',
    'see boots as a host and puts back. On *one* disk lies everything; with *two*, the agent’s own folder is on another, so that no sync of the one makes the other last.',
    '',
    `**${total(cells, 'run')} states of disks after ${total(cells, 'points')} power cuts, ${total(cells, 'states')} hosts that booted from those that differ: ${outcome(cells)}.**`,
    '',
    ...table(['On', ...actions.map((one) => `\`${one}\``)], rows),
    '',
  ]
}

/** Each schedule after which a promise was broken, to be run again by whoever fixes it. */
function brokenOf(tallies: readonly Tally[]): string[] {
  const all = tallies.flatMap(({ broken }) => broken)
  if (all.length === 0) return []
  return [
    '## What broke a promise',
    '',
    'Not fixed yet; each can be run again by `npm run prove -- --schedule`, or `--state` where it names a recording. What the agent said of the host is in the log that it prints.',
    '',
    ...all.map((schedule) => `- \`${schedule}\``),
    '',
  ]
}

function section(cells: readonly Cell[], title: string, about: string): string[] {
  if (cells.length === 0) return []
  const world = cells[0]?.world ?? ''
  const able = scenarios.filter(({ worlds }) => worlds.some((one) => one === world))
  const actions = proved
    .filter(({ action }) => cells.some((cell) => cell.action === action))
    .map(({ action }) => action)
  const of = (action: string) => cells.filter((cell) => cell.action === action)
  const rows = able.map(({ name, title: what }) => [
    what,
    ...actions.map((action) => said(of(action).find(({ scenario }) => scenario === name))),
  ])
  const all = ['all together', ...actions.map((action) => String(total(of(action), 'run')))]
  const head = ['What happens', ...actions.map((one) => `\`${one}\``)]
  const sentence = `${about} **${total(cells, 'run')} schedules: ${outcome(cells)}.**`
  return [`## ${title}`, '', sentence, '', ...table(head, [...rows, all]), '']
}

function said(cell: Cell | undefined): string {
  if (cell === undefined) return ''
  const wrong = [
    ...(cell.changed > 0 ? [`**${cell.changed} changed**`] : []),
    ...(cell.falseIdentical > 0 ? [`**${cell.falseIdentical} false identical**`] : []),
    ...(cell.stuck > 0 ? [`**${cell.stuck} stuck**`] : []),
  ]
  return [String(cell.run), ...wrong].join(', ')
}
