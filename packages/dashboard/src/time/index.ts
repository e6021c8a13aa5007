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
