import type { Store } from '@chaos-lite/controller'
import { afterEach, beforeEach, describe } from 'vitest'
import { testFacts } from './store-facts.ts'
import { testPages } from './store-pages.ts'
import { testRecords } from './store-records.ts'

/** A fresh, empty store; what is returned beside it ends it. */
export type MakeStore = () => Promise<{ store: Store; end: () => Promise<void> }>

/** What every back end must do, on the real engine. `open` gives each test a store of its own. */
export function testStore(name: string, makeStore: MakeStore): void {
  describe(`the store on ${name}`, () => {
    let made: Awaited<ReturnType<MakeStore>>
    beforeEach(async () => {
      made = await makeStore()
    })
    afterEach(() => made.end())
    const open = () => made.store
    testRecords(open)
    testFacts(open)
    testPages(open)
  })
}
