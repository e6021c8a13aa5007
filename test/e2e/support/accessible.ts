import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults, RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What depends on colours alone; everything else is the same in every colour scheme. */
const COLOURS = ['color-contrast', 'link-in-text-block']

/** Which rules a look can break that the looks before it could not: the light one breaks all, the dark one colours only. */
const RULES = {
  light: {},
  dark: { runOnly: { type: 'rule', values: COLOURS } },
  phone: { rules: Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) },
} satisfies Record<string, RunOptions>

/** Judges the page as it stands by the rules of axe, those of good practice included: not one may be broken. */
export async function isAccessible(page: Page, look: keyof typeof RULES): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'))
  const found = await page.evaluate(async (options: RunOptions): Promise<string[]> => {
    const { axe } = window as unknown as { axe: { run(context: Document, options: RunOptions): Promise<AxeResults> } }
    const { violations } = await axe.run(document, { ...options, resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary?.replaceAll(/\s+/g, ' ')}`,
      ),
    )
  }, RULES[look])
  expect(found, `${page.url()} breaks rules of accessibility (${look})`).toEqual([])
}
