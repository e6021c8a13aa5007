/** English: a key here is a part of a code, so a new meaning gets a new key. */
export const words = {
  off: 'The interface {name} is switched off: {host} and everything else behind it cannot be reached.',
  has: '{count, plural, =0 {It has no address of its own} other {It has {addresses}}} and {routes, plural, one {# route} other {# routes}}. Other interfaces are not touched. The link to the controller does not use it.',
  rollback:
    'Roll back: switched on again. Routes and addresses that do not return by themselves are set as they were. What somebody else changed meanwhile is kept.',
} as const
