import type { Ended } from './world.ts'

/** What the program said of one record that it rolled back, as `rehearse --json` and `revert --json` print it. */
export interface Outcome {
  readonly restoration: string
  readonly byHand: string | null
}

/** All outcomes in what one start of the program printed. */
export function outcomesIn(stdout: string): Outcome[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      try {
        const said = JSON.parse(line) as Partial<Outcome> & { outcomes?: Outcome[] }
        if (Array.isArray(said.outcomes)) return said.outcomes
        return typeof said.restoration === 'string'
          ? [{ restoration: said.restoration, byHand: said.byHand ?? null }]
          : []
      } catch {
        return [] // cut short by its death
      }
    })
}

/** The same from the lines that it prints for people, as its units at boot do. */
export function outcomesInLines(said: string): Outcome[] {
  const byHand = /^\s*DO THIS BY HAND: (.*)$/m.exec(said)?.[1] ?? null
  return [...said.matchAll(/^\S+ \([0-9A-Z]{26}\): (identical|ours undone|unknown|stuck), /gm)].map(
    ([, restoration = '']) => ({ restoration, byHand }),
  )
}

/**
 * Did a start of the program that nothing happened to do its work? On a busy machine a short hold may end before the
 * probe looked: a failure that was started and rolled back is enough here.
 */
export function isUndisturbed({ code, stdout }: Ended): boolean {
  return code === 0 || (stdout.includes('"injected":true') && stdout.includes('"restoration":"identical"'))
}

/** Did it refuse, with a reason that is meant, and start nothing? */
export function isRefusal({ code, stdout }: Ended): boolean {
  const why = /"code":"([a-z-]+)"/.exec(stdout)?.[1] ?? 'internal'
  return code === 2 && why !== 'internal' && !stdout.includes('"injected":true')
}

/** What somebody must know who has to roll a host back by hand: why, and which page says how. */
const RIGHT_WORDS = /\S.{10,}UNDO\.txt/s

export interface Evidence {
  readonly ended: readonly Ended[]
  readonly outcomes: readonly Outcome[]
  readonly differences: readonly string[]
  /** Nothing stayed open in the journal. */
  readonly settled: boolean
  /** And yet the host was about to restart, or did. */
  readonly restartsStill?: boolean
  /** Nothing was done to it: then the rehearsal itself must succeed. */
  readonly faultless: boolean
  /** The agent must refuse here. */
  readonly isRefused?: boolean
  /** What somebody did meanwhile and is no longer there. */
  readonly lost?: readonly string[]
  /** What somebody did meanwhile stands in the very thing that the failure changed. */
  readonly mixed?: boolean
  /** A person may truly have to act: then `stuck`, with the right words, keeps the promise. */
  readonly mayBeStuck: boolean
}

export interface Verdict {
  /** Left otherwise than before, and nobody was asked to act. */
  readonly changed: boolean
  readonly falseIdentical: boolean
  readonly stuck: readonly string[]
  readonly broken: readonly string[]
}

/** Which promises were broken, in sentences. */
export function judge(evidence: Evidence): Verdict {
  const { ended, outcomes, differences, settled, restartsStill = false, faultless, mayBeStuck } = evidence
  const { isRefused = false, lost = [], mixed = false } = evidence
  const unsure = outcomes.filter(({ restoration }) => restoration === 'stuck' || restoration === 'unknown')
  const wordless = unsure.filter(({ byHand }) => byHand === null || !RIGHT_WORDS.test(byHand))
  const stuck = settled ? [] : outcomes.slice(-1).map(({ restoration, byHand }) => `${restoration}: ${byHand}`)
  const isExcused = mayBeStuck && !settled && wordless.length === 0 && unsure.length > 0
  const changed = (differences.length > 0 || lost.length > 0) && !isExcused
  const falseIdentical = (changed || mixed) && outcomes.some(({ restoration }) => restoration === 'identical')
  const first = ended[0]
  const undisturbed = !faultless || first === undefined || (isRefused ? isRefusal(first) : isUndisturbed(first))
  const broken = [
    ...(differences.length > 0 && !isExcused
      ? [`The host is not as it was: ${differences.slice(0, 5).join('; ')}`]
      : []),
    ...lost.map((title) => `What somebody did meanwhile is lost: ${title}.`),
    ...(falseIdentical ? ['The agent said "identical", and the host is not.'] : []),
    ...(settled || isExcused ? [] : ['The journal is not empty although nothing is wrong with the host any more.']),
    ...(restartsStill ? ['The journal is empty, and the host restarts nevertheless.'] : []),
    ...wordless.map(({ restoration, byHand }) => `It said "${restoration}" without the right words: ${byHand}`),
    ...ended.filter(({ hung }) => hung).map(() => 'The agent did not end by itself.'),
    ...ended.flatMap(({ wrong }) => wrong ?? []),
    ...(undisturbed
      ? []
      : [`Undisturbed, the rehearsal ended with ${first?.code}${isRefused ? ' where it must refuse' : ''}.`]),
  ]
  return { changed, falseIdentical, stuck, broken }
}
