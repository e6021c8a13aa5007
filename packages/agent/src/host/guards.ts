import type { SocketEnd } from './process.ts'

/** What a unit of the service manager is, by what it runs and where it listens. */
export interface UnitFacts {
  readonly name: string
  /** Its aliases as well. */
  readonly names: readonly string[]
  /** Programs that it starts: as its file names them, and where their links lead. */
  readonly programs: readonly string[]
  /** Sockets, timers and paths that start it. */
  readonly triggeredBy: readonly string[]
  /** What it starts when somebody comes, templates as an instance. */
  readonly triggers: readonly string[]
  /** TCP ports on which the service manager listens for it. */
  readonly listens: readonly SocketEnd[]
}

/** What only this system can say about the ways into it. Everything is read; nothing throws for what is not there. */
export interface Guards {
  units(names: readonly string[]): Promise<readonly UnitFacts[]>
  /** Every socket unit that listens now. */
  socketUnits(): Promise<readonly UnitFacts[]>
  /** Is this program an SSH server, by its bytes? A number means the program of that process, whatever its name is now. */
  isSshServer(program: string | number): Promise<boolean>
  /** Is this the program of the agent itself? */
  isOwnProgram(path: string): boolean
  /** Ports of the SSH server as its settings give them (`sshd -T`). */
  sshPorts(): Promise<readonly number[]>
  /** Addresses at the far ends of a tunnel, through which its traffic goes; null where nobody can say. */
  tunnelEnds(name: string): Promise<readonly string[] | null>
  /** Does this process watch or decide what others do with files (fanotify), as security software does? */
  watchesFiles(pid: number): Promise<boolean>
}

/** A host without a service manager that can be asked. */
export const noGuards: Guards = {
  units: async () => [],
  socketUnits: async () => [],
  isSshServer: async () => false,
  isOwnProgram: () => false,
  sshPorts: async () => [],
  tunnelEnds: async () => null,
  watchesFiles: async () => false,
}
