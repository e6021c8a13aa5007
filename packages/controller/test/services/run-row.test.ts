import { expect, test } from 'vitest'
import { declined, ends, injecting, opening, refuses } from '../../../shared/test/run/stories.ts'
import { aPlan, runOf } from '../../../shared/test/run/support.ts'
import { rowOf } from '../../src/services/run-row.ts'

test('the list says of a run that was skipped why it was', () => {
  const why = 'SRV-04 refused (policy-refused): Not allowed here. Rule: actions.'
  const story = [...opening(aPlan()), ...injecting().slice(0, 2), declined(180_050), refuses(180_060)]
  const run = runOf([...story, ends(190_000, 'skipped', ['Nothing was changed on any host.', why])])
  expect(rowOf(run, 0)).toMatchObject({ outcome: 'skipped', summary: why })
})
