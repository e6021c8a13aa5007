import { cleaned, objectIn, type Reader } from './reading.ts'

const SENDER = 'Uptime Kuma'
const NAMES: Readonly<Record<number, string>> = { 2: 'pending', 3: 'maintenance' }

/** Uptime Kuma's webhook: a heartbeat whose status is 0 (down), 1 (up), 2 (pending) or 3 (maintenance). */
export const readUptimeKuma: Reader = ({ value }) => {
  if (!['heartbeat', 'monitor', 'msg'].every((key) => Object.hasOwn(value, key))) return null
  const heartbeat = objectIn(value, 'heartbeat')
  // Tests, and warnings of certificates that expire.
  if (heartbeat === null) return { state: 'neither', sender: SENDER, said: 'a message without a heartbeat' }
  const { status } = heartbeat
  const text = cleaned(value.msg)
  if (status === 0) return { state: 'firing', sender: SENDER, text }
  if (status === 1) return { state: 'resolved', sender: SENDER, text }
  const name = typeof status === 'number' ? NAMES[status] : undefined
  return { state: 'neither', sender: SENDER, said: `a heartbeat with the status ${name ?? 'unknown'}` }
}
