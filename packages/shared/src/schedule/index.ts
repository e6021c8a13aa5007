export { type CronExpression, cronExpression } from './expression.ts'
export { previewSlots } from './preview.ts'
export { nextSlot, slotsAfter } from './slots.ts'
export { checkNewTimeZone, checkTimeZone } from './wall-clock.ts'
