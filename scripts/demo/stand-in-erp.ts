// A stand-in for the ERP: answers /health on one address until it is stopped. Usage: stand-in-erp ADDRESS PORT NAME
import { createServer } from 'node:http'

const [address = '127.0.0.1', port = '0', name = 'erp'] = process.argv.slice(2)

const server = createServer((request, response) => {
  response.writeHead(request.url === '/health' ? 200 : 404, { 'content-type': 'text/plain', connection: 'close' })
  response.end(`${name}\n`)
})
server.listen(Number(port), address, () => process.stdout.write('ready\n'))
process.on('SIGTERM', () => process.exit(0))
// Whoever started it holds the other end: it never outlives its host.
process.stdin.on('end', () => process.exit(0)).resume()
