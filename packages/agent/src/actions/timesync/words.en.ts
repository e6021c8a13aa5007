/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  drifts: 'The clock of this host runs free: it is never shifted, and its drift is only observed.',
  hypervisor: 'On a virtual machine the hypervisor may continue to set the time; that is not touched.',
} as const
