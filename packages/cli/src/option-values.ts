import { ChaosError, durationMs, durationText, type Labels, type Params, withLabel } from '@chaos-lite/shared'
import { InvalidArgumentError, Option } from 'commander'

/** `name=value`; given several times, all of them. */
export function asPair(text: string, before: Params = {}): Params {
  const [name, value] = pairOf(text)
  return { ...before, [name]: value }
}

/** `name=value`; a name that is given several times has all these values. */
export function asLabel(text: string, before: Labels = {}): Labels {
  return withLabel(before, ...pairOf(text))
}

/** The same, as an argument of `host label`. @throws ChaosError that shows what was given */
export function asLabelArgument(text: string, before: Labels): Labels {
  if (text.indexOf('=') < 1) {
    const shown = text.includes('=') ? text : `${text}=…`
    throw new ChaosError('request-invalid', `Give each label as name=value: ${shown}`)
  }
  return asLabel(text, before)
}

function pairOf(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Give it as name=value.')
  return [text.slice(0, at), text.slice(at + 1)]
}

interface DurationOption {
  readonly flag: string
  readonly atLeastMs: number
  readonly atMostMs: number
  readonly presetMs: number
}

/** An option that takes a duration such as `30s`, `5m` or `1h`, in milliseconds; its help and its errors show them so. */
export function durationOption(description: string, { flag, atLeastMs, atMostMs, presetMs }: DurationOption): Option {
  return new Option(`${flag} <duration>`, description)
    .default(presetMs, durationText(presetMs))
    .argParser((text: string): number => {
      const ms = durationMs(text)
      if (ms === null) throw new InvalidArgumentError('Give a duration such as 30s, 5m or 1h.')
      if (ms < atLeastMs) throw new InvalidArgumentError(`${flag} must be at least ${durationText(atLeastMs)}.`)
      if (ms > atMostMs) throw new InvalidArgumentError(`${flag} must be at most ${durationText(atMostMs)}.`)
      return ms
    })
}

/** How many items of a list at once. */
export function asPageLength(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 500)
    throw new InvalidArgumentError('Give a whole number from 1 to 500.')
  return Number(text)
}

/** How many dates. */
export function asCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 1000.')
  return Number(text)
}

const NAMES_ITS_ZONE = /^[+-]?\d{4,6}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i

/** An instant in ISO 8601 that names its zone, or a day in UTC; in milliseconds. */
export function asInstant(text: string): number {
  const ms = NAMES_ITS_ZONE.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms)) {
    throw new InvalidArgumentError(
      'Give an instant with its zone, such as 2026-11-22T00:00:00Z or 2026-11-22T01:00:00+01:00, or a day in UTC, such as 2026-11-22.',
    )
  }
  return ms
}
