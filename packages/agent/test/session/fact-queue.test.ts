import { type AgentEvent, ChaosError } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { FactQueue } from '../../src/session/fact-queue.ts'
import { refused } from '../outbox/support.ts'

const commandOf = (event: AgentEvent) => (event.type === 'refused' ? event.command : '')

test('facts are reported in the order they were added', async () => {
  const seen: string[] = []
  const queue = new FactQueue({ report: async (event) => void seen.push(commandOf(event)) }, () => {})
  for (let n = 0; n < 5; n++) queue.add(refused(n))
  await queue.flushed()
  expect(seen).toEqual(['number-0', 'number-1', 'number-2', 'number-3', 'number-4'])
})

test('a fact that finds the disk full waits, and those behind it with it', async () => {
  const seen: string[] = []
  let full = true
  const report = async (event: AgentEvent) => {
    if (full) throw new ChaosError('storage-full', 'full')
    seen.push(commandOf(event))
  }
  const queue = new FactQueue({ report }, () => {})
  queue.add(refused(0))
  queue.add(refused(1))
  await expect.poll(() => full).toBe(true)
  full = false
  await queue.flushed()
  expect(seen).toEqual(['number-0', 'number-1'])
})

test('a fact that can never be stored is reported, and does not hold up the others', async () => {
  const seen: string[] = []
  const warnings: string[] = []
  const report = async (event: AgentEvent) => {
    if (commandOf(event) === 'number-0') throw new ChaosError('internal', 'a wrong form')
    seen.push(commandOf(event))
  }
  const queue = new FactQueue({ report }, (message) => warnings.push(message))
  queue.add(refused(0))
  queue.add(refused(1))
  await queue.flushed()
  expect(seen).toEqual(['number-1'])
  expect(warnings.join()).toContain('a wrong form')
})

test('closing does not wait for a disk that stays full', async () => {
  const warnings: string[] = []
  const report = async () => {
    throw new ChaosError('storage-full', 'full')
  }
  const queue = new FactQueue({ report }, (message) => warnings.push(message))
  queue.add(refused(0))
  await queue.close()
  expect(warnings).toHaveLength(1)
})

test('what waits in memory is bounded, and what is lost is reported', async () => {
  const warnings: string[] = []
  const queue = new FactQueue({ report: () => new Promise(() => {}) }, (message) => warnings.push(message))
  for (let n = 0; n < 5_001; n++) queue.add(refused(n))
  expect(warnings).toHaveLength(1)
})
