import type { Page } from 'playwright-core'
import { expect } from 'vitest'

/** The live stream of a page, for a test to cut. */
export interface CuttableStream {
  /** Ends the stream, and lets no other one through. */
  cut(): Promise<void>
  /** Lets the page connect again. */
  restore(): void
}

/** Stands between the page and its live stream. To be called before the page is opened. */
export async function cuttableStream(page: Page): Promise<CuttableStream> {
  let mayConnect = true
  let end: (() => Promise<void>) | null = null
  await page.routeWebSocket(/\/api\/v1\/live$/, (socket) => {
    if (!mayConnect) return void socket.close()
    const server = socket.connectToServer()
    end = async () => {
      await server.close()
      await socket.close()
    }
  })
  return {
    async cut() {
      await expect.poll(() => end).not.toBeNull()
      mayConnect = false
      await end?.()
    },
    restore() {
      mayConnect = true
    },
  }
}
