import type { DoctorReport } from './doctor.ts'

const STATE = { good: 'ok', note: '-', bad: 'BAD' } as const

/** The report as a plain table, 80 characters and more: for a terminal, a mail, a ticket. */
export function printReport({ findings, offers, exitCode }: DoctorReport): string {
  const state = findings.map(({ state, subject, text, remedy }) => [
    STATE[state],
    subject,
    remedy === null ? text : `${text} → ${remedy}`,
  ])
  const menu = offers.map(({ offered, lacks, kind, name, why }) => [
    offered ? 'yes' : lacks === 'ability' ? 'cannot' : 'no',
    `${kind} ${name}`,
    why,
  ])
  const verdict = exitCode === 0 ? 'Nothing is wrong.' : 'Something is wrong: see the lines marked BAD.'
  return ['This host', ...table(state), '', 'What may be done here', ...table(menu), '', verdict, ''].join('\n')
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([first = '', second = '', rest = '']) =>
    `  ${first.padEnd(widths[0] ?? 0)}  ${second.padEnd(widths[1] ?? 0)}  ${rest}`.trimEnd(),
  )
}
