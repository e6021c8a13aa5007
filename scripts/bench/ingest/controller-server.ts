// The real controller in a process of its own, with hosts enrolled for the load. Usage: controller-server FOLDER LINKS.
import { generateKeyPairSync } from 'node:crypto'
import { startController } from '@chaos-lite/controller'

const [folder = '', links = '1'] = process.argv.slice(2)
const controller = await startController({ dataFolder: folder, port: 0, logLevel: 'warn' })
const { clientId } = await controller.store.clients.first()
const hosts: { hostId: string; privateKey: string }[] = []
for (let number = 1; number <= Number(links); number += 1) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const hostId = `h-${number.toString(16).padStart(24, '0')}`
  await controller.store.hosts.add({
    ...{ hostId, clientId, name: `bench-${number}`, labels: {}, state: 'approved', enrolledMs: Date.now() },
    publicKey: Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url').toString('base64'),
    ...{ lastSeenMs: null, inventory: null },
  })
  hosts.push({ hostId, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() })
}
process.stdout.write(`${JSON.stringify({ url: controller.agentUrl, hosts })}\n`)
process.on('SIGTERM', () => void controller[Symbol.asyncDispose]().then(() => process.exit(0)))
