import type { LoadOrder, Loads } from '../loads.ts'

const gibibyte = 1024 ** 3

/** Loads that are only remembered. */
export function simulatedLoads(): Loads & { readonly orders: readonly LoadOrder[] } {
  const orders: LoadOrder[] = []
  return {
    orders,
    start: async (order) => void orders.push(order),
    running: async (marker) =>
      orders
        .filter((order) => order.marker === marker)
        .map((_, index) => ({ pid: 1000 + index, startTicks: '1', name: 'load' })),
    end: async (marker) => {
      const kept = orders.filter((order) => order.marker !== marker)
      orders.splice(0, orders.length, ...kept)
    },
    memory: async () => ({ totalBytes: 4 * gibibyte, availableBytes: 3 * gibibyte }),
    busyPercent: async () => 5,
    writtenBytes: async () => 0,
    cores: 4,
  }
}
