import { backupDrivers } from '../../../packages/agent/src/backups/drivers/index.ts'
import { type Platform, platforms, supportOf } from '../../../packages/agent/src/host/platforms.ts'
import { actions, exercises, probes } from '../../../packages/agent/src/menu.ts'
import { markdownPage, type Page, table } from '../page.ts'

const KINDS = [
  ['failure', actions],
  ['exercise', exercises],
  ['probe', probes],
] as const
const columns = Object.keys(platforms) as Platform[]

/** Which failure, probe, exercise and backup driver works on which kind of host: from what each needs, and what hosts can do. */
export function supportPage(): Page {
  const items = KINDS.flatMap(([kind, items]) =>
    items.map(({ name, needs }) => [
      `\`${name}\``,
      kind,
      needs.join(', ') || 'nothing',
      ...columns.map((platform) => answer(supportOf(needs, platform))),
    ]),
  )
  const drivers = backupDrivers.map(({ name, program }) => [
    `\`${name}\``,
    program === undefined ? 'nothing more' : `\`${program}\``,
    ...columns.map(() => 'yes'),
  ])
  const titles = columns.map((platform) => platforms[platform])
  return markdownPage('docs/reference/support.md', [
    '# What works where',
    '',
    'Generated from what each item needs and what each kind of host can do. *yes* stands alone where nothing has to be',
    'installed; otherwise it says what must be there (packages as Debian calls them). `chaos-lite-agent doctor` says what one',
    'certain host can do, and why not. Agents for Windows come in a later version.',
    '',
    ...table(['Item', 'Kind', 'Needs', ...titles], items),
    '',
    '## What a restart of the host does to a failure',
    '',
    'By itself, and when the boot rolls back what is left. A host without systemd is rolled back when the agent is started again.',
    '',
    ...table(['Failure', 'The restart alone', 'The boot rolls back'], restarts()),
    '',
    '## Backups that `backup.restore` and the probe `backup` read',
    '',
    ...table(['Driver', 'Program on the host', ...titles], drivers),
    '',
    'The driver `archive` needs GNU tar for tar archives, and in addition the package that unpacks them: `gzip`, `xz-utils`, `zstd`, `bzip2`, `lz4`, `lzip` or `lzop`. For zip nothing has to be installed.',
  ])
}

const ALONE = { stays: 'it stays', ends: 'it ends', 'as set up': 'as the host is set up' } as const

function restarts(): string[][] {
  return actions.map(({ name, overRestart, bootPhase }) => [
    `\`${name}\``,
    overRestart === undefined ? 'is what the failure is' : ALONE[overRestart],
    bootPhase === 'early' ? 'before services start' : 'once services can be started',
  ])
}

function answer(words: readonly string[] | null): string {
  if (words === null) return 'no'
  return words.length === 0 ? 'yes' : `yes, with ${words.join(', ')}`
}
