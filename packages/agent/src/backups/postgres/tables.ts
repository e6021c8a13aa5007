/** One table: a count and a sum over its rows for each of 256 parts, which a row falls into by its own digest. */
export interface TableSum {
  readonly rows: number
  /** Part to `rows:sum`. */
  readonly parts: ReadonlyMap<string, string>
}

/** Asks for the tables of a database, those of the system left out. */
export const listTables = `SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1, 2;`

/** The rows as text, so that the order in which they lie, and how they are stored, plays no part. See `asText`. */
export function sumTable(name: string): string {
  return `SELECT get_byte(d, 0), count(*), sum(get_byte(d, 1) * 16777216.0 + get_byte(d, 2) * 65536 + get_byte(d, 3) * 256 + get_byte(d, 4))
  FROM (SELECT decode(md5(${asText('t.*')}), 'hex') AS d FROM ${name} t) x GROUP BY 1 ORDER BY 1;`
}

/**
 * A value or a whole row as text, by the server's own means: a cast may be a function of whoever owns the database, which
 * would run with the rights of whoever asks. For the same reason names are looked up in `pg_catalog` alone.
 */
export function asText(value: string): string {
  return `format('%s', ${value})`
}

/** Reads the rows `part, count, sum` of a checksum query, whose parts let a difference be narrowed down. */
export function readSum(rows: readonly string[]): TableSum {
  const cells = rows.map((row) => row.split('\t'))
  const parts = new Map(cells.map(([part = '', count = '', sum = '']) => [part, `${count}:${sum}`]))
  return { rows: cells.reduce((all, [, count]) => all + Number(count ?? 0), 0), parts }
}

/** A name as PostgreSQL writes it. */
export function quotedName(...names: readonly string[]): string {
  return names.map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}

/** A text as an SQL literal, for `standard_conforming_strings` (on since PostgreSQL 9.1). Not for other databases. */
export function textOf(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** Differences as sentences, and how much may have been changed by work since the backup. */
export interface Judged {
  readonly differences: readonly string[]
  /** Parts of tables that are other now: at least so many rows. */
  readonly changedSince: number
}

/**
 * Holds the restored tables against the live ones. A live database goes on, so other rows are no fault of the backup;
 * that a table is missing, was restored empty, or has not one row in common is. Null for a table: it is not there.
 */
export function judgeTables(restored: ReadonlyMap<string, TableSum>, live: ReadonlyMap<string, TableSum>): Judged {
  const differences: string[] = []
  let changedSince = 0
  for (const [name, theirs] of live) {
    const mine = restored.get(name)
    if (mine === undefined) differences.push(`the table ${name} was not restored`)
    else if (mine.rows === 0 && theirs.rows > 0) {
      differences.push(`the table ${name} was restored empty, the live one has ${theirs.rows} rows`)
    } else {
      const names = new Set([...mine.parts.keys(), ...theirs.parts.keys()])
      const other = [...names].filter((part) => mine.parts.get(part) !== theirs.parts.get(part)).length
      if (other === names.size && mine.rows > 0 && theirs.rows > 0) {
        differences.push(
          `the table ${name} was restored with ${mine.rows} rows, the live one has ${theirs.rows}, and none are the same`,
        )
      } else changedSince += other
    }
  }
  for (const name of restored.keys()) {
    if (!live.has(name)) differences.push(`the table ${name} was restored but is not in the live database`)
  }
  return { differences, changedSince }
}
