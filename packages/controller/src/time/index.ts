export { anchoredClock, type Clock } from './clock.ts'
