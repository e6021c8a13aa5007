import { readFileSync } from 'node:fs'
import type { HostClock } from '../host.ts'

/** `hrtime` is CLOCK_MONOTONIC: the same count in every process of one boot. The boot id is the kernel's own. */
export function linuxClock(bootIdFile = '/proc/sys/kernel/random/boot_id'): HostClock {
  const bootId = readFileSync(bootIdFile, 'utf8').trim()
  return {
    bootId,
    monoMs: () => Number(process.hrtime.bigint()) / 1e6,
    wallMs: () => Date.now(),
  }
}
