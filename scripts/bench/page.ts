import { table } from '../docs/page.ts'
import type { Measured, Row } from './bench.ts'

export interface Done extends Measured {
  readonly name: string
  readonly title: string
}

const HEAD = ['What', 'Chaos Lite', 'Against', 'Result', 'Target', 'Met'] as const

const cells = (row: Row) => [row.what, row.ours, row.against, row.result, row.target, said(row.met)]

function said(met: boolean | null): string {
  return met === null ? '-' : met ? 'yes' : '**no**'
}

export interface BenchPage {
  readonly done: readonly Done[]
  /** Names of benches that this run did without. */
  readonly leftOut: readonly string[]
  readonly machine: readonly string[]
  readonly takenMs: number
}

/** The page for readers: everything measured in one run, side by side. */
export function benchPage({ done, leftOut, machine, takenMs }: BenchPage): string {
  return [
    '<!-- Written by `pnpm bench`; do not edit. -->',
    '',
    '# Benchmarks',
    '',
    'What Chaos Lite costs beside the plain way of doing the same, measured in one run on one machine. Only what was',
    'measured side by side is compared; your machine has other figures, and `pnpm bench` takes them.',
    '',
    `Taken on ${new Date(takenMs).toISOString().slice(0, 10)}, on this machine:`,
    '',
    ...machine.map((line) => `- ${line}`),
    '',
    ...(leftOut.length === 0 ? [] : [`Not taken in this run: ${leftOut.map((name) => `\`${name}\``).join(', ')}.`, '']),
    ...table(
      HEAD,
      done.flatMap(({ rows }) => rows.map(cells)),
    ),
    '',
    '## How it is measured',
    ...done.flatMap(({ name, title, notes }) => [
      '',
      `### ${title} (\`pnpm bench ${name}\`)`,
      '',
      ...notes.map((note) => `- ${note}`),
    ]),
    '',
  ].join('\n')
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
