/** Whether `work` was done within the time. What comes later is not waited for, and its error is nobody's. */
export async function within(ms: number, work: PromiseLike<unknown>): Promise<'in time' | 'too late'> {
  const { promise, resolve } = Promise.withResolvers<'too late'>()
  const timer = setTimeout(() => resolve('too late'), ms)
  try {
    return await Promise.race([Promise.resolve(work).then(() => 'in time' as const), promise])
  } finally {
    clearTimeout(timer)
  }
}
