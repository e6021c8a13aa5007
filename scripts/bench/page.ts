import { table } from '../docs/page.ts'
import type { Measured, Row } from './bench.ts'
import type { Taken } from './record.ts'

const HEAD = ['What', 'Chaos Lite', 'Against', 'Result', 'Target', 'Met'] as const

const cells = (row: Row) => [row.what, row.ours, row.against, row.result, row.target, said(row.met)]

function said(met: boolean | null): string {
  return met === null ? '-' : met ? 'yes' : '**no**'
}

/** The page for readers. `names`: all benches that there are. */
export function benchPage(taken: readonly Taken[], names: readonly string[]): string {
  const missing = names.filter((name) => !taken.some((one) => one.name === name))
  return [
    '<!-- Written by `npm run bench`; do not edit. -->',
    '',
    '# Benchmarks',
    '',
    'What Chaos Lite costs beside the plain way of doing the same. Both are measured in one run on one machine, side by',
    'side, and nothing else is compared; your machine has other figures, and `npm run bench` takes them.',
    '',
    ...runs(taken).flatMap(({ takenMs, machine, names: of }) => [
      `Taken on ${minute(takenMs)} UTC (${quoted(of)}), on this machine:`,
      '',
      ...machine.map((line) => `- ${line}`),
      '',
    ]),
    ...(missing.length === 0 ? [] : [`Not taken: ${quoted(missing)}.`, '']),
    ...table(
      HEAD,
      taken.flatMap(({ rows }) => rows.map(cells)),
    ),
    '',
    '## How it is measured',
    ...taken.flatMap(({ name, title, notes }) => [
      '',
      `### ${title} (\`npm run bench -- ${name}\`)`,
      '',
      ...notes.map((note) => `- ${note}`),
    ]),
    '',
  ].join('\n')
}

interface BenchRun extends Pick<Taken, 'takenMs' | 'machine'> {
  readonly names: readonly string[]
}

/** What was measured in one go, the oldest first. */
function runs(taken: readonly Taken[]): readonly BenchRun[] {
  const times = [...new Set(taken.map(({ takenMs }) => takenMs))].sort((one, other) => one - other)
  return times.map((takenMs) => {
    const own = taken.filter((one) => one.takenMs === takenMs)
    return { takenMs, machine: own[0]?.machine ?? [], names: own.map(({ name }) => name) }
  })
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}

/** The same figures for a terminal. */
export function printed(done: readonly Measured[]): string {
  const rows = [[...HEAD], ...done.flatMap(({ rows }) => rows.map(cells))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
