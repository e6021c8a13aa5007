import { createBrowserRouter, Navigate } from 'react-router'
import { NotFoundPage, RunPage, RunsPage } from '../pages/index.ts'
import { CrashPage } from './crash-page.tsx'
import { SessionGate } from './session-gate.tsx'
import { Shell } from './shell/shell.tsx'

/** Every address of the dashboard. Runs are there at once; the other pages are fetched when they are first opened. */
export const router = createBrowserRouter([
  {
    element: <SessionGate />,
    errorElement: <CrashPage />,
    hydrateFallbackElement: <div />,
    children: [
      {
        element: <Shell />,
        errorElement: <CrashPage />,
        children: [
          {
            // A page that fails leaves the bar with the stop button where it is.
            errorElement: <CrashPage />,
            children: [
              { index: true, element: <Navigate to="/runs" replace /> },
              { path: 'runs', element: <RunsPage /> },
              { path: 'runs/:runId', element: <RunPage /> },
              {
                path: 'hosts',
                lazy: async () => ({ Component: (await import('../pages/hosts/hosts-page.tsx')).HostsPage }),
              },
              {
                path: 'hosts/:hostId',
                lazy: async () => ({ Component: (await import('../pages/host/host-page.tsx')).HostPage }),
              },
              {
                path: 'drills',
                lazy: async () => ({ Component: (await import('../pages/drills/drills-page.tsx')).DrillsPage }),
              },
              {
                path: 'drills/:name',
                lazy: async () => ({ Component: (await import('../pages/drill/drill-page.tsx')).DrillPage }),
              },
              {
                path: 'schedules',
                lazy: async () => ({
                  Component: (await import('../pages/schedules/schedules-page.tsx')).SchedulesPage,
                }),
              },
              {
                path: 'webhooks',
                lazy: async () => ({ Component: (await import('../pages/webhooks/webhooks-page.tsx')).WebhooksPage }),
              },
              { path: '*', element: <NotFoundPage /> },
            ],
          },
        ],
      },
    ],
  },
])
