import * as z from 'zod'

// The page runs under a content policy without 'unsafe-eval': zod must not try to compile its checks.
z.config({ jitless: true })

interface PolicyFactory {
  createPolicy(name: string, rules: { createHTML(text: string): string }): unknown
}

/**
 * The content policy also demands trusted types: a string can only become markup through this one gate. The component
 * library writes style sheets that way, and nothing else may: text with a `<` in it is refused.
 */
const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory }
trustedTypes?.createPolicy('default', {
  createHTML(text) {
    if (text.includes('<')) throw new TypeError('This page never turns text into markup.')
    return text
  },
})
