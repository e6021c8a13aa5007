import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { createToken } from '../../src/commands/token.ts'

/** What the command prints when the controller, which calls itself `url`, makes the token `T`. */
async function printed(url: string, approve = true): Promise<string> {
  const out: string[] = []
  const command = `sh install-agent.sh --binary chaos-lite-agent --sha256 DIGEST --controller ${url} --token-file -`
  const api = { post: async () => ({ token: 'TOKEN', expiresMs: 3_600_000, command }) } as unknown as Api
  const terminal = { out: (text: string) => void out.push(text) } as CommandContext['terminal']
  const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api: async () => api }
  await createToken(context, { label: {}, validForMs: 3_600_000, approve })
  return out.join('\n')
}

describe('token create', () => {
  test('says what must be on the host first, and prints one line to type there', async () => {
    const text = await printed('https://chaos.example.test')
    expect(text).toContain('dist/agent/linux-x64/chaos-lite-agent')
    expect(text).toContain('scripts/install-agent.sh')
    expect(text).toContain(
      "echo 'TOKEN' | sudo sh install-agent.sh --binary chaos-lite-agent --sha256 DIGEST --controller https://chaos.example.test --token-file -",
    )
    expect(text).toMatch(/DIGEST.*`npm run build` printed/)
    expect(text).not.toContain('approve')
  })

  test('names the command that approves where the token does not', async () => {
    expect(await printed('https://chaos.example.test', false)).toContain('chaos-lite host approve')
  })

  test('says that no other machine reaches a controller which listens on this one only', async () => {
    for (const url of ['http://127.0.0.1:8321', 'http://localhost:8321', 'http://[::1]:8321'])
      expect(await printed(url)).toMatch(/only this machine reaches.*--host 0\.0\.0\.0/s)
    expect(await printed('https://127.example.test')).not.toContain('only this machine')
  })
})
