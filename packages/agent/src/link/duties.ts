import type { Answer, Hardware, Inventory, Order } from '@chaos-lite/shared'

/** One request for a lease. An answer counts from when this was asked. */
export interface LeaseAsk {
  readonly runId: string
  /** Rises with each question. */
  readonly ask: number
}

/** What stands behind the link: the session. Nothing here may block the frames that follow. */
export interface LinkDuties {
  /** Executes a genuine, fresh order. Never throws: a refusal is an answer. */
  execute(order: Order): Promise<Answer>
  /** A run is open here, and lives by its lease. */
  readonly leased: boolean
  /** A question for the controller's permission to go on holding, to be sent now; null when nothing needs it. */
  askLease(): LeaseAsk | null
  /** The controller's permission to go on holding: for so long from when it was asked. */
  lease(grant: LeaseAsk & { readonly ttlMs: number }): void
  /** Somebody watches this run live, or nobody does any more. */
  watch(runId: string, on: boolean): void
  inventory(): Promise<Inventory>
  /** What this host is made of; null when it could not be found out. Asked once for each new link. Never rejects. */
  hardware(): Promise<Hardware | null>
  /** Calls `listener` when the inventory is no longer what it was. Returns the way to stop that. */
  onInventoryChange(listener: () => void): () => void
  /** The link is gone: nobody watches any more. Leases go on by themselves until they end. */
  linkClosed(): void
}
