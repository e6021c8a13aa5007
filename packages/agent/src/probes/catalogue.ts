import { accountProbe } from './account.ts'
import { backupProbe } from './backup.ts'
import { certificateProbe } from './certificate.ts'
import { clockProbe } from './clock.ts'
import { cpuProbe } from './cpu.ts'
import { diskProbe } from './disk.ts'
import { dnsProbe } from './dns.ts'
import { fileProbe } from './file.ts'
import { httpProbe } from './http.ts'
import { ioProbe } from './io.ts'
import { loginProbe } from './login.ts'
import { membershipProbe } from './membership.ts'
import { memoryProbe } from './memory.ts'
import type { Probe } from './probe.ts'
import { processProbe } from './process.ts'
import { serviceProbe } from './service.ts'
import { tcpProbe } from './tcp.ts'
import { tlsProbe } from './tls.ts'

/** Every probe that this agent knows. */
export const probes: readonly Probe[] = [
  httpProbe,
  tcpProbe,
  dnsProbe,
  tlsProbe,
  certificateProbe,
  serviceProbe,
  processProbe,
  membershipProbe,
  accountProbe,
  fileProbe,
  diskProbe,
  cpuProbe,
  memoryProbe,
  ioProbe,
  clockProbe,
  loginProbe,
  backupProbe,
]

/** A probe by its name, or undefined. */
export function findProbe(name: string): Probe | undefined {
  return probes.find((probe) => probe.name === name)
}
