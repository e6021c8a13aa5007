/** The systemd that can forbid to run what lies in a folder. */
export const NO_EXEC = 247

/** A property of the unit that a database is restored in, and the version of systemd that has it. */
interface Property {
  readonly set: string
  readonly since: number
}

/** Whatever a backup makes its reader do, the services of the host have what they need, and are ended last. */
export const MODEST = ['TasksMax=512', 'MemoryMax=50%', 'OOMScoreAdjust=500']

const plain = [
  'KillMode=control-group',
  'KillSignal=SIGKILL',
  'TimeoutStopSec=5s',
  'UMask=0077',
  'LimitCORE=0',
  'LimitNOFILE=4096',
  ...MODEST,
]

/** Nothing can be written but the target, nothing can be reached, and nothing outlives the unit. */
const closed: readonly Property[] = [
  { set: 'DynamicUser=yes', since: 235 },
  { set: 'NoNewPrivileges=yes', since: 187 },
  // The worker reads the dump with it. What the worker starts, the server included, has no capability at all.
  { set: 'CapabilityBoundingSet=CAP_DAC_READ_SEARCH', since: 21 },
  { set: 'AmbientCapabilities=CAP_DAC_READ_SEARCH', since: 229 },
  { set: 'PrivateNetwork=yes', since: 33 },
  { set: 'RestrictAddressFamilies=AF_UNIX', since: 211 },
  { set: 'PrivateTmp=yes', since: 183 },
  { set: 'PrivateDevices=yes', since: 209 },
  { set: 'RemoveIPC=yes', since: 212 },
  { set: 'ProtectSystem=strict', since: 231 },
  { set: 'ProtectHome=yes', since: 214 },
  { set: 'ProtectControlGroups=yes', since: 232 },
  { set: 'ProtectKernelModules=yes', since: 232 },
  { set: 'ProtectKernelTunables=yes', since: 232 },
  { set: 'RestrictNamespaces=yes', since: 233 },
  { set: 'RestrictRealtime=yes', since: 231 },
  { set: 'LockPersonality=yes', since: 235 },
  { set: 'KeyringMode=private', since: 235 },
  { set: 'SystemCallFilter=@system-service', since: 239 },
  { set: 'SystemCallErrorNumber=EPERM', since: 187 },
  { set: 'SystemCallArchitectures=native', since: 187 },
  // Sockets of the host's services, and everything of the agent, are not there.
  {
    set: 'TemporaryFileSystem=/run:mode=0755,size=64k /dev/shm:mode=1777,size=256M,noexec /var/lib/chaos-lite:mode=0755,size=64k',
    since: 238,
  },
  { set: 'InaccessiblePaths=-/dev/mqueue -/etc/chaos-lite', since: 231 },
  { set: 'RestrictSUIDSGID=yes', since: 242 },
  { set: 'ProtectHostname=yes', since: 242 },
  { set: 'ProtectKernelLogs=yes', since: 244 },
  { set: 'ProtectClock=yes', since: 245 },
  { set: 'ProtectProc=invisible', since: 247 },
  { set: 'ProcSubset=pid', since: 247 },
  // What the server writes is never loaded as a library by it, nor run. Its target is named beside its mount.
  { set: 'NoExecPaths=/tmp /var/tmp', since: NO_EXEC },
]

/** The oldest systemd that a database is restored with: that of RHEL 8. */
export const OLDEST_SYSTEMD = 239

/** The properties that this version of systemd knows; another one would refuse the whole unit. */
export function databaseProperties(version: number): string[] {
  return [...plain, ...closed.filter(({ since }) => since <= version).map(({ set }) => set)]
}
