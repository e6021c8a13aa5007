import type { Controller } from '@chaos-lite/controller'

/** Patience, not expectation: a machine that has twenty other things to do takes twenty times as long. */
const CONNECT_MS = 300_000
const SAY_EVERY_MS = 15_000

/**
 * Resolves when so many hosts have connected and said what they can do; says every 15 s how many have. Throws with a
 * sentence for people after 5 minutes.
 */
export async function allOnline(
  { gateway }: Pick<Controller, 'gateway'>,
  count: number,
  say: (sentence: string) => void,
): Promise<void> {
  const ready = () => gateway.online().filter((id) => gateway.inventory(id) !== null).length
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const look = () => void (ready() >= count && resolve())
  const unlisten = gateway.listen({ inventory: look })
  const progress = setInterval(() => say(`  ${ready()} of ${count} hosts have connected`), SAY_EVERY_MS)
  const late = setTimeout(
    () => reject(new Error(`Only ${ready()} of ${count} demo hosts connected within ${CONNECT_MS / 60_000} minutes.`)),
    CONNECT_MS,
  )
  try {
    look()
    await promise
  } finally {
    unlisten()
    clearInterval(progress)
    clearTimeout(late)
  }
}
