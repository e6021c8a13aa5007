/** A program that decides which name servers the host asks, from settings files of its own. */
export type NameServerManager = 'systemd-resolved' | 'NetworkManager'

/** What such a program asks now, as it says itself. Addresses are canonical. */
export interface NameServersNow {
  /** Set for the whole host, in order; empty where each connection has its own. */
  readonly forAll: readonly string[]
  readonly connections: readonly ConnectionNames[]
}

/** The name servers that belong to one network interface; names are routed to them by `domains`. */
export interface ConnectionNames {
  /** The network interface. */
  readonly name: string
  readonly servers: readonly string[]
  /** Names at or below these are asked of its servers; `.` is every name. */
  readonly domains: readonly string[]
}

/** The programs that decide which name servers the host asks. */
export interface NameServers {
  /** Null where it does not run, or does not answer. */
  now(manager: NameServerManager): Promise<NameServersNow | null>
  /** Lets it read its settings files again; it uses them when this returns. Throws `tool-failed` with its own words. */
  readAgain(manager: NameServerManager): Promise<void>
}
