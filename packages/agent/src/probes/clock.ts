import * as z from 'zod'
import type { Host } from '../host/index.ts'
import { oneLine } from '../text/index.ts'
import { defineProbe, type Sighting } from './probe.ts'

type Seen = Extract<Sighting, { evaluated: true }>['value']
const TOOL_MS = 5_000

/** Is this host's clock steered by a time source? Asks chrony, else systemd-timesyncd. Never touches the clock. */
export const clockProbe = defineProbe({
  name: 'clock',
  summary: 'Is the clock of this host synchronised, with which source, and how far off is it?',
  needs: [],
  params: z.strictObject({}),
  value: {
    synchronised: 'true while a time source steers the clock',
    running: 'true while the time service answers',
    source: 'name or address of the source, or null',
    sourceReachable: 'true when the chosen source answered lately',
    offsetMs: 'how far the clock is off, to a thousandth of a millisecond; null when unknown',
    stratum: 'distance from a reference clock, or null',
    by: 'who says so: chrony or systemd',
  },
  expect: () => ({ synchronised: true, sourceReachable: true }),
  asks: () => [],
  timeoutMs: () => 10_000,
  async look({ host, signal }) {
    const chrony = await askChrony(host, signal)
    if (chrony?.running === true) return { evaluated: true, message: null, value: chrony }
    const systemd = await askSystemd(host, signal)
    const value = systemd?.running === true ? systemd : (chrony ?? systemd)
    if (value === null)
      return { evaluated: false, message: 'No time service can be asked on this host (chronyc, timedatectl)' }
    const message = value.running === true ? null : 'No time service runs on this host'
    return { evaluated: true, message, value }
  },
})

/** `chronyc -c`: comma-separated, field order as in chronyc(1) `tracking` and `sources`. Null when not installed. */
async function askChrony(host: Host, signal: AbortSignal): Promise<Seen | null> {
  const tracking = await output(host, ['chronyc', '-c', '-n', 'tracking'], signal)
  if (tracking === null) return null
  const field = tracking.stdout.trim().split(',')
  if (tracking.code !== 0 || field.length < 14) {
    const none = { source: null, sourceReachable: false, offsetMs: null, stratum: null }
    return { synchronised: false, running: false, ...none, by: 'chrony' }
  }
  const sources = (await output(host, ['chronyc', '-c', '-n', 'sources'], signal))?.stdout ?? ''
  const chosen = sources
    .split('\n')
    .find((row) => row.split(',')[1] === '*')
    ?.split(',')
  const offsetMs = Math.round(Number(field[4]) * 1e6) / 1e3
  return {
    // A lost source keeps its last `Normal` leap status: the octal reach register says whether it still answers.
    synchronised: field[13] !== 'Not synchronised' && chosen !== undefined,
    running: true,
    source: oneLine(chosen?.[2] ?? field[1] ?? '', 128) || null,
    sourceReachable: chosen !== undefined && Number.parseInt(chosen[5] ?? '0', 8) > 0,
    offsetMs: Number.isFinite(offsetMs) ? offsetMs : null,
    stratum: Number(field[2]) || null,
    by: 'chrony',
  }
}

/** `timedatectl`, which speaks for systemd-timesyncd. Null when not installed or without systemd. */
async function askSystemd(host: Host, signal: AbortSignal): Promise<Seen | null> {
  const shown = await timesyncShown(host, signal)
  if (shown === null) return null
  const running = shown.code === 0
  const state = await output(host, ['timedatectl', 'show', '--property=NTPSynchronized'], signal)
  if (!running && state?.code !== 0) return null
  const source = /^ServerName=(.+)$/m.exec(shown.stdout)?.[1] ?? /^ServerAddress=(.+)$/m.exec(shown.stdout)?.[1]
  const stratum = /Stratum=(\d+)/.exec(shown.stdout)?.[1]
  return {
    synchronised: running && /^NTPSynchronized=yes$/m.test(state?.stdout ?? ''),
    running,
    source: source === undefined ? null : oneLine(source, 128),
    sourceReachable: running && /NTPMessage=\{/.test(shown.stdout),
    offsetMs: null,
    stratum: stratum === undefined ? null : Number(stratum),
    by: 'systemd',
  }
}

/** Asking a stopped systemd-timesyncd over the bus would start it: its unit is asked first. */
async function timesyncShown(host: Host, signal: AbortSignal) {
  const unit = await output(host, ['systemctl', 'is-active', 'systemd-timesyncd.service'], signal)
  if (['inactive', 'failed'].includes(unit?.stdout.trim() ?? '')) return { code: 1, stdout: '' }
  return output(host, ['timedatectl', 'show-timesync'], signal)
}

async function output(host: Host, argv: [string, ...string[]], signal: AbortSignal) {
  try {
    return await host.run(argv, { timeoutMs: TOOL_MS, signal, env: { LC_ALL: 'C' } })
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return null
  }
}
