import { QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiError } from './client.ts'

/** Is it worth asking again? Only where the controller did not answer or failed itself. */
function mayRetry(count: number, error: Error): boolean {
  return count < 2 && error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 500)
}

/** A session that has ended shows itself by any refused question. */
function askWhoAgain(error: Error): void {
  if (error instanceof ApiError && error.problem.status === 401) {
    void queryClient.invalidateQueries({ queryKey: ['session'] })
  }
}

/** Lists are kept fresh by the live stream; asking again is the second line. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: askWhoAgain }),
  defaultOptions: {
    queries: { retry: mayRetry, staleTime: 10_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})
