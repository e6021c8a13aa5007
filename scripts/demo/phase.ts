/** Says what is being done, and how long it took: the first start of all takes minutes. */
export async function phase<T>(say: (sentence: string) => void, what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now()
  say(`${what} …`)
  const result = await work()
  say(`  done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
  return result
}
