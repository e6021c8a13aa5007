/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  stopped: '{service} is stopped by {manager}. Whether it starts at boot is not changed.',
  idle: '{idle, select, yes {At present it is idle, and waits to be started on demand.} other {At present it runs.}}',
  triggers: '{units} would start it again, and is stopped as well.',
  upholders: '{units} would start it again at once (Upholds=), and is stopped as well.',
  dependents: '{manager} stops these units together with it: {units}.',
  started: '{manager} starts these units when it stops (OnSuccess=): {units}.',
  startedOnFailure: '{manager} starts these units if the stop fails (OnFailure=): {units}.',
  others: 'If the stop would reach any other unit, it is cancelled, and what had stopped is started again.',
  within:
    'If it does not stop within {seconds} s, the stop is cancelled and the service is started again. Processes that still hang after that are killed.',
  rollback:
    'Roll back: started again in this order: {units}. What somebody disabled, masked or started meanwhile is left as it is.',
} as const
