import './strict.ts'
import './app/mantine.css'
import '@mantine/notifications/styles.css'
import './app/global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/index.ts'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element called root.')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
