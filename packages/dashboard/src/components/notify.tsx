import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { problemFrom } from '../api/index.ts'

/** Says that something could not be done, in the controller's words. */
export function notifyProblem(error: unknown): void {
  const { title, detail } = problemFrom(error)
  notifications.show({ color: 'red', icon: <IconAlertTriangle size={18} />, title, message: detail, autoClose: 12_000 })
}

/** Says that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ color: 'green', icon: <IconCheck size={18} />, message, autoClose: 5_000 })
}
