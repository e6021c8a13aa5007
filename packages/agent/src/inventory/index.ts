export { machine, systemName, within } from './facts-of-host.ts'
export { stampOf, stampsOf, watchFiles } from './file-watch.ts'
export { createInventory, type InventoryOptions, type InventorySource } from './inventory.ts'
