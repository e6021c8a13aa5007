import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const controller = '127.0.0.1:8321'

/** Builds to `dist/dashboard`, from where the controller serves it. In development, everything else goes to a controller. */
export default defineConfig(({ command }) => {
  // A build is a product, also one that a test runner asks for.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    root: here,
    plugins: [react()],
    build: {
      outDir: fileURLToPath(new URL('../../dist/dashboard', import.meta.url)),
      emptyOutDir: true,
      target: 'es2022',
      // The strict content policy of the controller allows no inline script and no data: script.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 900,
    },
    server: {
      port: 5173,
      proxy: {
        '/api': { target: `http://${controller}`, ws: true, headers: { origin: `http://${controller}` } },
      },
    },
  }
})
