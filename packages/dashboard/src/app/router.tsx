import { createBrowserRouter, Navigate } from 'react-router'
import { DrillPage } from '../pages/drill/drill-page.tsx'
import { DrillsPage } from '../pages/drills/drills-page.tsx'
import { HostPage } from '../pages/host/host-page.tsx'
import { HostsPage } from '../pages/hosts/hosts-page.tsx'
import { NotFoundPage } from '../pages/not-found/not-found-page.tsx'
import { RunPage } from '../pages/run/run-page.tsx'
import { RunsPage } from '../pages/runs/runs-page.tsx'
import { SchedulesPage } from '../pages/schedules/schedules-page.tsx'
import { CrashPage } from './crash-page.tsx'
import { SessionGate } from './session-gate.tsx'
import { Shell } from './shell/shell.tsx'

/** Every address of the dashboard. */
export const router = createBrowserRouter([
  {
    element: <SessionGate />,
    errorElement: <CrashPage />,
    children: [
      {
        element: <Shell />,
        errorElement: <CrashPage />,
        children: [
          { index: true, element: <Navigate to="/runs" replace /> },
          { path: 'hosts', element: <HostsPage /> },
          { path: 'hosts/:hostId', element: <HostPage /> },
          { path: 'drills', element: <DrillsPage /> },
          { path: 'drills/:name', element: <DrillPage /> },
          { path: 'runs', element: <RunsPage /> },
          { path: 'runs/:runId', element: <RunPage /> },
          { path: 'schedules', element: <SchedulesPage /> },
          { path: '*', element: <NotFoundPage /> },
        ],
      },
    ],
  },
])
