import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import { makeFolder } from '@chaos-lite/controller'
import BetterSqlite, { type Database } from 'better-sqlite3'

/** A folder and a port that are this demo's alone. Disposing it gives the folder to the next one. */
export interface Claim extends Disposable {
  /** Gives the port free, for the controller to listen on. */
  releasePort(): Promise<void>
}

/**
 * Takes the folder and the port of a demo before anything in the folder is touched. Throws with a sentence for people when
 * a living demo has the folder, or any program has the port. The lock is SQLite's, so that the kernel releases it when
 * this process dies, however it dies; it lies beside the folder, because the folder itself is emptied.
 */
export async function claim(folder: string, port: number): Promise<Claim> {
  const lock = takeLock(folder, port)
  const holderFile = `${folder}.pid`
  try {
    const server = await hold(port)
    writeFileSync(holderFile, `${process.pid}\n`)
    return {
      releasePort: () => new Promise((done) => server.close(() => done())),
      [Symbol.dispose]() {
        server.close()
        rmSync(holderFile, { force: true })
        lock.close()
      },
    }
  } catch (error) {
    lock.close()
    throw error
  }
}

function takeLock(folder: string, port: number): Database {
  let lock: Database | null = null
  try {
    makeFolder(dirname(folder))
    lock = new BetterSqlite(`${folder}.lock`, { timeout: 0 })
    // Nothing is ever written into it: no journal beside it either.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    if (cause instanceof BetterSqlite.SqliteError && /^SQLITE_(?:BUSY|LOCKED)/.test(cause.code))
      throw new Error(inUse(folder, port), { cause })
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The folder ${folder} cannot be written (${why}). Give another one with --folder.`, { cause })
  }
}

function inUse(folder: string, port: number): string {
  const pid = holderOf(folder)
  const [who, kill] = pid === null ? ['', ''] : [` (process ${pid})`, `, or type: kill ${pid}`]
  return [
    `A demo is running in ${folder} already${who}; nothing was changed.`,
    `End it with Ctrl-C in its terminal${kill}`,
    `Or start a second one beside it: ${beside(port)}`,
  ].join('\n')
}

function holderOf(folder: string): number | null {
  try {
    return Number.parseInt(readFileSync(`${folder}.pid`, 'utf8'), 10) || null
  } catch {
    return null
  }
}

function beside(port: number): string {
  return `npm start -- --port ${anotherPort(port)} --folder .chaos-lite/second`
}

function anotherPort(port: number): number {
  return port < 65_535 ? port + 1 : 8321
}

/** Listens where the controller will, so that nobody else gets the port meanwhile. */
function hold(port: number): Promise<Server> {
  return new Promise((done, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(`${whyNot(cause, port)} Nothing was changed.`, { cause })),
    )
    server.listen(port, '127.0.0.1', () => done(server))
  })
}

function whyNot(cause: NodeJS.ErrnoException, port: number): string {
  if (cause.code === 'EADDRINUSE')
    return `Port ${port} on 127.0.0.1 is in use by another program (perhaps another demo, or a controller). Stop it, or give another port: npm start -- --port ${anotherPort(port)}.`
  if (cause.code === 'EACCES') return `This user may not listen on port ${port}. Give a port above 1023 with --port.`
  return `The controller cannot listen on port ${port} (${cause.message}).`
}
