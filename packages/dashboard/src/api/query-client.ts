import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './client.ts'

/** Is it worth asking again? Only where the controller did not answer or failed itself. */
function mayRetry(count: number, error: Error): boolean {
  return count < 2 && error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 500)
}

/** Lists are kept fresh by the live stream; asking again is the second line. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: mayRetry, staleTime: 10_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
})
