import { expect, it } from 'vitest'
import { certificateReplace } from '../../../src/actions/certificate/replace.ts'
import { surviveEveryCrash } from '../crashes.ts'
import { madePair } from './make.ts'
import { certificateStage, params } from './scene.ts'

it('the host is as before, whatever step starting and rolling back die at', async () => {
  const pair = madePair()
  expect(await surviveEveryCrash(certificateReplace, params, () => certificateStage(pair))).toBeGreaterThan(16)
})
