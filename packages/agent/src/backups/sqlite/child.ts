import { text } from 'node:stream/consumers'
import { compareDatabases } from './compare-databases.ts'
import { DataRequest } from './protocol.ts'

/** The child process: one request on standard input, one answer on standard output, the reason of a failure on error. */
export async function compareDatabasesMain(): Promise<void> {
  try {
    const request = DataRequest.parse(JSON.parse(await text(process.stdin)))
    process.stdout.write(JSON.stringify(compareDatabases(request)))
  } catch (thrown) {
    process.stderr.write(thrown instanceof Error ? thrown.message : String(thrown))
    process.exitCode = 1
  }
}
