import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { defineAction } from '../action.ts'
import { ServiceUndo } from '../service/service-undo.ts'
import { serviceStop } from '../service/stop.ts'
import { readTimeService, timeServices } from './read.ts'
import { words } from './words.en.ts'

const PLACE = 'action.timesync.stop'
const say = saying(PLACE, words)

/** The stop of whichever service keeps the time: stopped, verified and started again by its parts. */
export const timesyncStop = defineAction({
  name: 'timesync.stop',
  words: { ...serviceStop.words, ...underCodes(PLACE, words) },
  summary: 'Stops the service that keeps the time, whichever runs, and starts it again. The clock is never shifted.',
  needs: ['services'],
  params: z.strictObject({}),
  undo: { 1: ServiceUndo },
  overRestart: 'as set up',
  touches: () => timeServices.map((name) => `service:${name}`),
  asks: () => [],
  prepare: ({ host }) => readTimeService(host),
  explain: (params, undo) => [say('drifts'), ...serviceStop.explain(params, undo), say('hypervisor')],
  effect: () => ({ probe: 'clock', params: {}, expect: 'down' }),
  budgets: (undo) => serviceStop.budgets(undo),
  inject: (context, params, undo) => serviceStop.inject(context, params, undo),
  verify: (context, undo) => serviceStop.verify(context, undo),
  units: (undo) => serviceStop.units?.(undo) ?? [],
  stillInPlace: async (context, undo) => (await serviceStop.stillInPlace?.(context, undo)) ?? false,
  revert: (context, undo) => serviceStop.revert(context, undo),
  byHand: (undo, recordFolder) => serviceStop.byHand(undo, recordFolder),
})
