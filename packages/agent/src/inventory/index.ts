export { machine, systemName, within } from './facts-of-host.ts'
export { hardwareReader, hardwareTask, readHardware } from './hardware/index.ts'
export { createInventory, type InventoryOptions, type InventorySource } from './inventory.ts'
