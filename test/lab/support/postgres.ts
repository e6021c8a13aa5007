import type { LabHost } from '../../../scripts/lab/index.ts'

export type Database = { name: string; user: string; password: string }

const CONFIG = '/etc/postgresql/15/main'

/** Starts PostgreSQL, reachable from the whole lab, with one database and its owner. */
export async function serveDatabase(host: LabHost, database: Database): Promise<void> {
  await host.writeFile(`${CONFIG}/conf.d/lab.conf`, "listen_addresses = '*'\n")
  const hba = await host.readFile(`${CONFIG}/pg_hba.conf`)
  await host.writeFile(`${CONFIG}/pg_hba.conf`, `${hba}host all all 10.77.0.0/16 scram-sha-256\n`)
  await host.enable('postgresql')
  await host.waitUntil(['pg_isready', '--quiet'])
  await sql(host, 'postgres', `create role "${database.user}" login password '${database.password}'`)
  await sql(host, 'postgres', `create database "${database.name}" owner "${database.user}"`)
}

/** Runs SQL as the superuser; the rows come back as text, columns separated by `|`. */
export async function sql(host: LabHost, database: string, text: string): Promise<string> {
  const psql = ['psql', '--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1']
  const { stdout } = await host.exec(['runuser', '-u', 'postgres', '--', ...psql, database], { input: text })
  return stdout.trim()
}

/** Whether the database answers at `address`, tried from another host with the owner's password. */
export async function canQuery(from: LabHost, address: string, database: Database): Promise<boolean> {
  const target = `host=${address} dbname=${database.name} user=${database.user} connect_timeout=3`
  const options = { env: { PGPASSWORD: database.password }, check: false }
  return (await from.exec(['psql', '--no-psqlrc', '--quiet', '--command=select 1', target], options)).code === 0
}
