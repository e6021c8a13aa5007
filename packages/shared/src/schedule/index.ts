export { type CronExpression, cronExpression } from './expression.ts'
export { previewSlots } from './preview.ts'
export { nextSlot, slotsAfter } from './slots.ts'
export { checkNewTimeZone } from './wall-clock.ts'
