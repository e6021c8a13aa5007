import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../../../scripts/setup/chromium.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A browser window that remembers everything its page complained about. */
export interface Window extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors on the console (a violated content policy is one) and errors that nobody caught. */
  readonly complaints: readonly string[]
}

/** Chromium with a profile of its own that goes away with it. */
export async function openWindow(): Promise<Window> {
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error('There is no Chromium on this machine; set CHROMIUM to one.')
  const profile = await mkdtemp(join(tmpdir(), 'chaos-lite-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: FLAGS,
    viewport: { width: 1360, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(60_000)
  const page = context.pages()[0] ?? (await context.newPage())
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() !== 'error' || isPlainNo(message.location().url, message.text())) return
    if (message.text().includes(NETWORK_CHANGED)) return
    complaints.push(`console: ${message.text()} (${message.location().url})`)
  })
  return {
    page,
    context,
    complaints,
    async [Symbol.asyncDispose]() {
      await context.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** The machine got or lost an interface, a laboratory's for instance: the browser asks again by itself. */
const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED'

/** The browser logs every "no" of the controller as an error; these are answers that the page knows what to do with. */
const PLAIN_NO: readonly { path: string; statuses: readonly number[] }[] = [
  { path: '/api/v1/session', statuses: [401] },
  { path: '/api/v1/plans', statuses: [409, 422] },
  { path: '/api/v1/stop-all', statuses: [503] },
]

function isPlainNo(url: string, text: string): boolean {
  const status = Number(/status of (\d{3})/.exec(text)?.[1])
  return PLAIN_NO.some((one) => url.endsWith(one.path) && one.statuses.includes(status))
}
