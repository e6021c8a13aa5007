export { type CronExpression, cronExpression } from './expression.ts'
export { previewSlots } from './preview.ts'
export { checkTimeZone, nextSlot, slotsAfter } from './slots.ts'
