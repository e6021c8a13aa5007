export { instantsIn, type Piece } from './instants-in.ts'
export {
  agoText,
  bareTimeText,
  bareUtcTimeText,
  bothText,
  dateText,
  elapsedText,
  fullText,
  inZone,
  isoText,
  minuteText,
  timeText,
  utcText,
  zoneNames,
  zoneText,
} from './times.ts'
export { ownZone, zones } from './zones.ts'
