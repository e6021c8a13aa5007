import * as z from 'zod'
import { defineAction } from '../action.ts'
import { ServiceUndo } from '../service/service-undo.ts'
import { serviceStop } from '../service/stop.ts'
import { readTimeService, timeServices } from './read.ts'

/** The stop of whichever service keeps the time: stopped, verified and started again by its parts. */
export const timesyncStop = defineAction({
  name: 'timesync.stop',
  summary: 'Stops the service that keeps the time, whichever runs, and starts it again. The clock is never shifted.',
  needs: ['services'],
  params: z.strictObject({}),
  undo: { 1: ServiceUndo },
  overRestart: 'as set up',
  touches: () => timeServices.map((name) => `service:${name}`),
  asks: () => [],
  prepare: ({ host }) => readTimeService(host),
  explain: (params, undo) => [
    'The clock of this host goes on by itself: it is never shifted, and how far it drifts is only observed.',
    ...serviceStop.explain(params, undo),
    'On a virtual machine the hypervisor may go on keeping the time; that is not touched.',
  ],
  effect: () => ({ probe: 'clock', params: {}, expect: 'down' }),
  budgets: (undo) => serviceStop.budgets(undo),
  inject: (context, params, undo) => serviceStop.inject(context, params, undo),
  verify: (context, undo) => serviceStop.verify(context, undo),
  units: (undo) => serviceStop.units?.(undo) ?? [],
  lasts: async (context, undo) => (await serviceStop.lasts?.(context, undo)) ?? false,
  revert: (context, undo) => serviceStop.revert(context, undo),
  byHand: (undo, recordFolder) => serviceStop.byHand(undo, recordFolder),
})
