export { machine, systemName, within } from './facts-of-host.ts'
export { createInventory, type InventoryOptions, type InventorySource } from './inventory.ts'
