import type { Answer, Inventory, Order } from '@chaos-lite/shared'

/** What stands behind the link: the session. Nothing here may block the frames that follow. */
export interface LinkDuties {
  /** Executes a genuine, fresh order. Never throws: a refusal is an answer. */
  execute(order: Order): Promise<Answer>
  /** The controller's permission to go on holding. */
  lease(runId: string, ttlMs: number): void
  /** Somebody watches this run live, or nobody does any more. */
  watch(runId: string, on: boolean): void
  inventory(): Promise<Inventory>
  /** Calls `listener` when the inventory is no longer what it was. Returns the way to stop that. */
  onInventoryChange(listener: () => void): () => void
  /** The link is gone: nobody watches any more. Leases go on by themselves until they end. */
  linkClosed(): void
}
