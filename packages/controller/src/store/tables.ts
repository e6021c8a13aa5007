import type { Generated } from 'kysely'

/**
 * The tables as every back end has them. Times are UTC milliseconds, booleans 0 or 1, structures JSON text. Every row
 * belongs to a client, except the controller's own: `settings` and the schema's version.
 */
export interface Tables {
  clients: { client_id: string; name: string; created_ms: number }
  users: {
    user_id: string
    client_id: string
    name: string
    role: 'administrator' | 'operator' | 'viewer'
    password_hash: string
    must_change: number
    session_epoch: number
  }
  log_ins: {
    hash: string
    client_id: string
    kind: 'session' | 'token'
    user_id: string
    session_epoch: number
    created_ms: number
    expires_ms: number
    data: string
  }
  hosts: {
    host_id: string
    client_id: string
    name: string
    labels: string
    proposed_labels: string
    state: 'pending' | 'approved' | 'revoked'
    public_key: string
    enrolled_ms: number
    last_seen_ms: number | null
    /** See `searchText`. */
    search: string
    /** 1: a person must act. */
    trouble: number
    /** Asked for what it kept, since the store was restored? 1: not yet. */
    owes_facts: Generated<number>
  }
  /** What a host reported last; apart from `hosts`, because it is large. */
  host_inventories: { host_id: string; client_id: string; inventory: string; menu: string }
  host_hardware: { host_id: string; client_id: string; hardware: string; reported_ms: number }
  enrolment_tokens: {
    hash: string
    client_id: string
    labels: string
    expires_ms: number
    approve: number
    made_by: string
    used: number
  }
  plans: { plan_id: string; client_id: string; plan: string; created_ms: number }
  runs: {
    run_id: string
    client_id: string
    drill: string
    title: string
    mode: string
    phase: string
    outcome: string | null
    effect: string
    restoration: string
    was_stuck: number
    started_ms: number
    ended_ms: number | null
    summary: string
    plan: string | null
  }
  run_hosts: { run_id: string; client_id: string; host_id: string }
  /** Those of unended runs. */
  held_hosts: { host_id: string; client_id: string; run_id: string }
  facts: {
    fact_id: Generated<number>
    client_id: string
    /** The host's id, or `controller`. */
    origin: string
    epoch: string
    seq: number
    digest: string
    run_id: string | null
    received_ms: number
    line: string
  }
  incidents: {
    incident_id: Generated<number>
    client_id: string
    host_id: string | null
    kind: string
    epoch: string | null
    seq: number | null
    digest: string | null
    line: string | null
    reason: string
    at_ms: number
  }
  schedules: {
    schedule_id: string
    client_id: string
    name: string
    drill: string
    params: string
    cron: string
    time_zone: string
    paused: number
    last_slot_ms: number | null
    open_slot_ms: number | null
    last_outcome: string | null
    created_ms: number
    since_ms: number | null
    next_slot_ms: number | null
    trouble: string | null
  }
  webhooks: { webhook_id: string; client_id: string; url: string; purpose: string; secret: string }
  stops: { client_id: string; stopped_ms: number }
  restores: { restored_ms: number; backup_ms: number; facts: number; recorded: number }
  settings: { name: string; value: string }
}
