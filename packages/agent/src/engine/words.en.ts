/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  stays:
    'Survives a restart of the host until the agent rolls it back at boot, {when, select, early {before services start} other {once services can be started}}.',
  ends: 'A restart of the host ends it. The agent finishes the roll back at boot, {when, select, early {before services start} other {once services can be started}}.',
  asSetUp:
    'Whether it survives a restart depends on the configuration of the host. The agent rolls it back at boot, {when, select, early {before services start} other {once services can be started}}.',
} as const
