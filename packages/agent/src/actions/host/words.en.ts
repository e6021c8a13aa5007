/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  restarts:
    'The whole host restarts once: everybody who works on it is interrupted, and what they did not save is lost.',
  rollback:
    'Nothing is changed on its disks. Roll back: the host is up again, and the services that ran before the restart run again, within {within}. What does not start with the boot is started.',
  person:
    'If it does not boot by itself, a person has to go there: the agent cannot repair that. It is not restarted while packages are being installed.',
} as const
