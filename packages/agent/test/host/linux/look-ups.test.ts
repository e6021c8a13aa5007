import { describe, expect, it } from 'vitest'
import { sparingly } from '../../../src/host/linux/look-ups.ts'

const never = new AbortController().signal

/** A name server that answers when it is asked to. */
function slowServer() {
  const open = new Map<string, PromiseWithResolvers<readonly string[]>>()
  const asked: string[] = []
  const ask = (name: string) => {
    asked.push(name)
    const answer = Promise.withResolvers<readonly string[]>()
    open.set(name, answer)
    return answer.promise
  }
  return {
    ask,
    asked,
    answer: (name: string) => open.get(name)?.resolve([name]),
    fail: (name: string) => open.get(name)?.reject(new Error('ENOTFOUND')),
  }
}

describe('looking names up sparingly', () => {
  it('asks the same question once, and answers all who asked it', async () => {
    const { ask, asked, answer } = slowServer()
    const look = sparingly(ask)
    const both = [look('erp', never), look('erp', never)]
    answer('erp')
    expect(await Promise.all(both)).toEqual([['erp'], ['erp']])
    expect(asked).toEqual(['erp'])
    const again = look('erp', never)
    answer('erp')
    await again
    expect(asked).toEqual(['erp', 'erp'])
  })

  it('never has more than two questions open, and goes on when one is answered or fails', async () => {
    const { ask, asked, answer, fail } = slowServer()
    const look = sparingly(ask)
    const all = ['a', 'b', 'c', 'd'].map((name) => look(name, never).catch(() => 'failed'))
    await Promise.resolve()
    expect(asked).toEqual(['a', 'b'])
    fail('a')
    await expect.poll(() => asked).toEqual(['a', 'b', 'c'])
    answer('b')
    await expect.poll(() => asked).toEqual(['a', 'b', 'c', 'd'])
    answer('c')
    answer('d')
    expect(await Promise.all(all)).toEqual(['failed', ['b'], ['c'], ['d']])
  })

  it('lets whoever waits too long go, asked or still in the queue, and the question goes on', async () => {
    const { ask, asked, answer } = slowServer()
    const look = sparingly(ask, 1)
    const late = new AbortController()
    const [first, second] = [look('a', late.signal), look('b', late.signal)]
    late.abort(new Error('late'))
    await expect(first).rejects.toThrow('late')
    await expect(second).rejects.toThrow('late')
    await expect(look('a', late.signal)).rejects.toThrow('late')
    expect(asked).toEqual(['a'])
    const joined = look('a', never)
    answer('a')
    expect(await joined).toEqual(['a'])
    expect(asked).toEqual(['a'])
  })
})
