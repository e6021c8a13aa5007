export { problemFrom } from './client.ts'
export { useAlertAddress, useDrill, useDrills, usePlan, useStartRun } from './drills.ts'
export {
  useApproveHost,
  useCreateToken,
  useHost,
  useHostHardware,
  useHostPages,
  useIncidents,
  useNamesakes,
  useRevokeHost,
  useSetLabels,
} from './hosts.ts'
export type { Clock } from './live/live-clock.ts'
export { type Sample, sampleKey } from './live/run-feed.ts'
export { LiveContext, useClock, useLiveStream, useRunFeed, useStreamStatus } from './live/use-live.ts'
export { queryClient } from './query-client.ts'
export {
  type RunFilter,
  useAbort,
  useAcknowledge,
  useAnswer,
  useLastRun,
  useLiveRuns,
  useNote,
  useRunPages,
} from './runs.ts'
export {
  useCreateSchedule,
  usePauseSchedule,
  useRemoveSchedule,
  useSchedulePreview,
  useSchedules,
} from './schedules.ts'
export {
  useForgetEverything,
  useLogIn,
  useLogOut,
  useMay,
  useSession,
  useSessionEnded,
  useSetPassword,
  useStorageNotice,
} from './session.ts'
export { useStopAll, useStopAllTries, useStopAllView } from './stop-all.ts'
export { useCreateWebhook, useRemoveWebhook, useTestWebhook, useWebhooks } from './webhooks.ts'
