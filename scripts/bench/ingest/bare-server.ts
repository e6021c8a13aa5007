// The bare loop: `ws`, `JSON.parse`, batched better-sqlite3 inserts, an acknowledgement after each commit with full sync.
// Usage: bare-server FOLDER. Says its address.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { type WebSocket, WebSocketServer } from 'ws'

const [folder = ''] = process.argv.slice(2)
const database = new Database(join(folder, 'bare.db'))
database.pragma('journal_mode = WAL')
database.pragma('synchronous = FULL')
database.exec('CREATE TABLE facts (epoch TEXT, seq INTEGER, line TEXT, PRIMARY KEY (epoch, seq))')
const insert = database.prepare('INSERT INTO facts VALUES (?, ?, ?)')
let waiting: [WebSocket, string[]][] = []

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
server.on('connection', (socket) => {
  socket.on('message', (data: Buffer) => {
    // All that arrives in one turn of the event loop shares a commit.
    if (waiting.length === 0) setImmediate(flush)
    waiting.push([socket, JSON.parse(data.toString('utf8')).lines])
  })
})
server.on('listening', () => {
  const { port } = server.address() as { port: number }
  process.stdout.write(`${JSON.stringify({ url: `ws://127.0.0.1:${port}` })}\n`)
})

function flush(): void {
  const batch = waiting
  waiting = []
  const last: [WebSocket, object][] = []
  database.transaction(() => {
    for (const [socket, lines] of batch) {
      let cursor = { epoch: '', seq: 0 }
      for (const line of lines) {
        const { epoch, seq } = JSON.parse(line)
        insert.run(epoch, seq, line)
        cursor = { epoch, seq }
      }
      last.push([socket, cursor])
    }
  })()
  for (const [socket, cursor] of last) socket.send(JSON.stringify({ type: 'ack', cursor }))
}
