export { agoText, clockOf, dateText, inZone, timeText, utcText, zoneText } from './times.ts'
export { ownZone, zones } from './zones.ts'
