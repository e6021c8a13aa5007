import './app/strict.ts'
import './app/mantine.css'
import '@mantine/notifications/styles.css'
import './app/global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element called root.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
