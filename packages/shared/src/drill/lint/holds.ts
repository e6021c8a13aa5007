import { durationText } from '../duration.ts'
import { type Finding, mistake } from '../finding.ts'
import { stepIdOf } from '../resolve/resolve-step.ts'
import { type LintContext, stepTitle } from './lint-context.ts'
import { type Slot, timetableOf } from './timetable.ts'

/** Questions, alerts and exercises that outlast what they ask about; failures that others would cut short. */
export function lintHolds(context: LintContext): Finding[] {
  const slots = timetableOf(context)
  const injects = slots.filter(({ step }) => 'inject' in step)
  return [
    ...slots.flatMap((slot) => outlasting(slot, injects)),
    ...injects.flatMap((newer, position) => cutShort(newer, injects.slice(0, position), context)),
    ...tooLong(context),
  ]
}

/** When answers take all their time, does this step still run after the last of the failures it began under is over? */
function outlasting(slot: Slot, injects: readonly Slot[]): Finding[] {
  const { step, index, latestMs: beginsMs, lastsMs } = slot
  if ('inject' in step || 'wait' in step) return []
  const open = injects.filter((inject) => inject.index < index && inject.latestMs + inject.lastsMs > beginsMs)
  const lastEndMs = Math.max(...open.map((inject) => inject.latestMs + inject.lastsMs))
  if (open.length === 0 || beginsMs + lastsMs <= lastEndMs) return []
  const message = `${stepTitle(step, index)} may take ${durationText(lastsMs)}, longer than any failure that is held then`
  const room = `at most ${durationText(lastEndMs - beginsMs)}, or a longer hold before it`
  return [mistake(['method', index, 'within'], message, { expected: room })]
}

/** Rolling back is newest first: an older failure that ends while a newer one is held takes the newer one with it. */
function cutShort(newer: Slot, older: readonly Slot[], { drill }: LintContext): Finding[] {
  for (const inject of older) {
    if (isBefore(inject, newer, drill.revertOrder ?? [])) continue
    // Only what lies between the two counts: questions there may be answered at once or take all their time.
    const earliestGapMs = gapBetween(inject, newer, 'earliestMs')
    const latestGapMs = gapBetween(inject, newer, 'latestMs')
    const overlaps = earliestGapMs < inject.lastsMs
    if (!overlaps || latestGapMs + newer.lastsMs <= inject.lastsMs) continue
    const needed = latestGapMs + newer.lastsMs
    const [first, later] = [stepTitle(inject.step, inject.index), stepTitle(newer.step, newer.index)]
    const message = `${first} ends before ${later}, which is rolled back first and so would be cut short`
    return [mistake(['method', inject.index, 'hold'], message, { expected: `at least ${durationText(needed)}` })]
  }
  return []
}

/** Does the drill want the older one back first? It may where they share nothing: then neither ends with the other. */
function isBefore(older: Slot, newer: Slot, order: readonly string[]): boolean {
  const [first, later] = [older, newer].map(({ step, index }) => order.indexOf(stepIdOf(step, index)))
  return first !== undefined && later !== undefined && first !== -1 && first < later
}

function gapBetween(older: Slot, newer: Slot, when: 'earliestMs' | 'latestMs'): number {
  return newer[when] - older[when]
}

function tooLong({ drill, ms }: LintContext): Finding[] {
  const limitMs = ms(drill.limits?.holdAtMost)
  if (limitMs === null) return []
  return drill.method.flatMap((step, index) => {
    const holdMs = 'inject' in step ? ms(step.hold) : null
    if (holdMs === null || holdMs <= limitMs) return []
    const message = `the hold of ${durationText(holdMs)} is longer than limits.holdAtMost`
    return [mistake(['method', index, 'hold'], message, { expected: `at most ${durationText(limitMs)}` })]
  })
}
