import type { SessionView } from '@chaos-lite/shared/api'
import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { MemoryRouter, Route, Routes } from 'react-router'
import { LiveContext } from '../../src/api/index.ts'
import { LiveStream } from '../../src/api/live/live-stream.ts'

/** What the controller has answered: the key of a question, and the answer. */
export type Answer = readonly [key: readonly unknown[], data: unknown]

interface Where {
  readonly answers?: readonly Answer[]
  readonly role?: SessionView['role']
  /** The address of the page, and its pattern where the page reads it. */
  readonly at?: string
  readonly path?: string
}

const nothing = { frame: () => undefined, loggedOut: () => undefined, reopened: () => undefined }

/** A part of the dashboard as the browser first shows it, as markup. Nothing is asked, and no effect runs. */
export function markupOf(page: ReactNode, { answers = [], role = 'administrator', at = '/', path = '*' }: Where = {}) {
  const client = new QueryClient()
  client.setQueryData(['session'], { user: 'ada', role, clients: [], mustChangePassword: false })
  for (const [key, data] of answers) client.setQueryData(key, data)
  return renderToStaticMarkup(
    <MantineProvider env="test">
      <QueryClientProvider client={client}>
        <LiveContext value={new LiveStream(nothing)}>
          <MemoryRouter initialEntries={[at]}>
            <Routes>
              <Route path={path} element={page} />
            </Routes>
          </MemoryRouter>
        </LiveContext>
      </QueryClientProvider>
    </MantineProvider>,
  )
}

/** The same as a person reads it. */
export function textOf(page: ReactNode, where?: Where): string {
  return markupOf(page, where)
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim()
}
