// Sends facts over several links, a window of them on the way, until all are acknowledged. Usage: load JSON
// Says the milliseconds from the first frame to the last acknowledgement.
import { createHash, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { challengeText, isSealed, SUBPROTOCOL } from '@chaos-lite/shared'
import { Agreement, type Seal } from '@chaos-lite/shared/sealed'
import { WebSocket } from 'ws'
import { monoMs } from '../statistics.ts'

interface Work {
  readonly url: string
  readonly hosts?: readonly { readonly hostId: string; readonly privateKey: string }[]
  readonly links: number
  /** Of each link: before the clock starts, and then. */
  readonly warmUpFacts: number
  readonly facts: number
  readonly perFrame: number
  readonly windowFacts: number
}

const work: Work = JSON.parse(process.argv[2] ?? '{}')
const links = await Promise.all(Array.from({ length: work.links }, (_, link) => connect(link)))
const warmUpFrames = work.warmUpFacts / work.perFrame
await Promise.all(links.map((link) => send(link, link.frames.slice(0, warmUpFrames), 0)))
const began = monoMs()
await Promise.all(links.map((link) => send(link, link.frames.slice(warmUpFrames), work.warmUpFacts)))
process.stdout.write(`${monoMs() - began}\n`)
process.exit(0)

interface Link {
  readonly socket: WebSocket
  readonly frames: readonly string[]
  readonly seal: Seal | null
}

async function connect(number: number): Promise<Link> {
  const socket = new WebSocket(work.url, [SUBPROTOCOL], { perMessageDeflate: false })
  await once(socket, 'open')
  const epoch = randomBytes(16).toString('hex')
  const host = work.hosts?.[number]
  const seal = host === undefined ? null : await prove(socket, host, epoch)
  // Sealed in the order in which they will be sent.
  return { socket, seal, frames: framesOf(epoch).map((frame) => seal?.close(frame) ?? frame) }
}

async function prove(socket: WebSocket, host: { hostId: string; privateKey: string }, epoch: string): Promise<Seal> {
  const { hostId, privateKey } = host
  const agentNonce = randomBytes(32).toString('hex')
  const agreement = new Agreement()
  const agentAgreement = agreement.publicKey
  const hello = { type: 'hello', hostId, epoch, nonce: agentNonce, agreement: agentAgreement, version: '0.1.0' }
  socket.send(JSON.stringify(hello))
  const [challenge] = await once(socket, 'message')
  const { nonce: controllerNonce, agreement: controllerAgreement } = JSON.parse(String(challenge))
  const greetings = { hostId, agentNonce, controllerNonce, agentAgreement, controllerAgreement }
  const text = challengeText('agent', greetings)
  socket.send(
    JSON.stringify({ type: 'proof', signature: sign(null, Buffer.from(text), privateKey).toString('base64') }),
  )
  const seal = agreement.seal('agent', greetings)
  const [welcome] = await once(socket, 'message')
  if (seal === null || seal.open(String(welcome)) === null) throw new Error('The welcome did not bear its seal.')
  return seal
}

/** Facts as agents write them, numbered and linked, packed into frames. */
function framesOf(epoch: string): string[] {
  const frames: string[] = []
  let prev: string | null = null
  let lines: string[] = []
  const all = work.warmUpFacts + work.facts
  for (let seq = 0; seq < all; seq += 1) {
    const at = { bootId: '3a1f0a3e-6d0b-4b52-9d2c-0d6f0c1b2a3d', monoMs: 1_000 + seq, wallMs: Date.now() }
    const reason = `The name erp-${seq}.example.test is not among the names that may be drilled on this host`
    const event = {
      type: 'refused',
      runId: null,
      stepId: null,
      command: 'prepare',
      code: 'policy-refused',
      rule: 'names: [erp.example.test]',
      reason,
    }
    const line: string = JSON.stringify({ v: 1, epoch, seq, prev, at, event })
    prev = `sha256:${createHash('sha256').update(line).digest('hex')}`
    lines.push(line)
    if (lines.length === work.perFrame || seq === all - 1) {
      frames.push(JSON.stringify({ type: 'facts', lines }))
      lines = []
    }
  }
  return frames
}

/** Sends them and waits until all are acknowledged. `firstSeq`: the number of the first fact in them. */
async function send({ socket, seal }: Link, frames: readonly string[], firstSeq: number): Promise<void> {
  const done = Promise.withResolvers<void>()
  let sent = 0
  let acked = 0
  const more = () => {
    while (sent < frames.length && sent * work.perFrame - acked < work.windowFacts) socket.send(frames[sent++] ?? '')
  }
  const onMessage = (data: unknown) => {
    const text = String(data)
    const genuine = seal !== null && isSealed(text) ? seal.open(text) : text
    if (genuine === null) return done.reject(new Error('A frame of the controller did not bear its seal.'))
    const frame = JSON.parse(genuine)
    if (frame.type === 'clock') answerClock(socket, frame.id)
    if (frame.type !== 'ack') return
    acked = frame.cursor.seq + 1 - firstSeq
    if (acked >= frames.length * work.perFrame) done.resolve()
    else more()
  }
  const onClose = (code: number, reason: Buffer) => done.reject(new Error(`The link was closed: ${code} ${reason}`))
  socket.on('message', onMessage)
  socket.on('close', onClose)
  more()
  await done.promise
  socket.off('message', onMessage)
  socket.off('close', onClose)
}

function answerClock(socket: WebSocket, id: number): void {
  const readings = { receivedMonoMs: 1, sentMonoMs: 1, wallMs: Date.now() }
  socket.send(JSON.stringify({ type: 'clock', id, bootId: 'bench', ...readings }))
}
