import { formatDuration } from '@chaos-lite/shared'
import { elapsedText, fullText } from '../time/index.ts'
import type { Headline } from './headline.ts'
import type { Tone } from './run-words.ts'

/** What a run's headline says: one sentence, and how good or bad it is. */
export interface HeadlineWords {
  readonly text: string
  /** The instant that the text names. */
  readonly ms?: number
  /** What is of interest to whoever looks longer. */
  readonly more?: string
  readonly tone: Tone
}

const NAMED = 3

/** The hosts by name, as long as they are few. */
function and(names: readonly string[]): string {
  const named = names.length > NAMED ? [...names.slice(0, NAMED), `${names.length - NAMED} more`] : names
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(named)
}

function laterWords(later: number): string {
  return later === 0 ? '' : `; ${later} more ${later === 1 ? 'failure' : 'failures'} to start`
}

/** When everything is back: the answer to the first question of whoever looks at a run. */
export function backWords({ back, later }: Headline, nowMs: number): HeadlineWords {
  switch (back.state) {
    case 'nothing to restore':
      return { text: 'No host is changed', tone: 'quiet' }
    case 'not begun':
      return {
        text: `Nothing is changed now; each failure lasts ${formatDuration(back.atMostMs)} at most`,
        tone: 'quiet',
      }
    case 'by': {
      if (back.overdue)
        return { text: `Overdue since ${fullText(back.ms, nowMs)}: nothing was reported`, ms: back.ms, tone: 'bad' }
      const more = `${elapsedText(back.ms - nowMs)} left${laterWords(later)}`
      return { text: `Rolled back by ${fullText(back.ms, nowMs)} at the latest`, ms: back.ms, more, tone: 'warn' }
    }
    case 'not reported':
      return {
        text: `Not known when it is rolled back: no safety timer reported yet by ${and(back.hosts)}`,
        tone: 'warn',
      }
    case 'back':
      return { text: `Rolled back since ${fullText(back.ms, nowMs)}`, ms: back.ms, tone: 'good' }
    case 'person':
      return { text: `Not rolled back: a person must act on ${and(back.hosts)}`, tone: 'bad' }
  }
}

interface TimerWords {
  readonly text: string
  /** When those ring that are named; none where they are many. */
  readonly named: Headline['timers']
}

/** Which safety timers are armed, and when they ring. */
export function timerWords({ back, timers }: Headline): TimerWords {
  if (timers.length === 0)
    return { text: back.state === 'not reported' ? 'No safety timer reported' : 'No safety timer is armed', named: [] }
  const text = timers.length === 1 ? 'Safety timer armed' : `${timers.length} safety timers armed`
  return { text, named: timers.length <= NAMED ? timers : [] }
}

/** What holds of the hosts while nothing is heard of them. */
export function meanwhileWords({ back, later }: Headline, nowMs: number): string {
  switch (back.state) {
    case 'by':
      return `Every host rolls itself back by ${fullText(back.ms, nowMs)} at the latest, with or without the controller${later > 0 ? ', unless another failure was started since' : ''}.`
    case 'not begun':
      return `A failure that was started since ends by itself within ${formatDuration(back.atMostMs)}.`
    case 'not reported':
      return 'Every host arms a safety timer before it changes anything, and rolls itself back when that is over.'
    case 'person':
      return `A person must act on ${and(back.hosts)}.`
    case 'back':
    case 'nothing to restore':
      return 'Nothing was changed on any host then.'
  }
}
