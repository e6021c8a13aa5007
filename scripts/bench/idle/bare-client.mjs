// A bare Node.js process that holds one connection, and answers its pings. Usage: bare-client.mjs URL
import { WebSocket } from 'ws'

new WebSocket(process.argv[2], { perMessageDeflate: false }).on('open', () => process.stdout.write('open\n'))
