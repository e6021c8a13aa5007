export { writeDurably } from './durable-file.ts'
export { openTls } from './server-tls.ts'
