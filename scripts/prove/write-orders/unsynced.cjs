// Loaded before the agent, for a control experiment: takes away the syncs that $UNSYNCED names, "files" or "folders".
const files = require('node:fs/promises')
const { fstatSync } = require('node:fs')

const { open } = files
const without = (handle) => fstatSync(handle.fd).isDirectory() === (process.env.UNSYNCED === 'folders')
files.open = async (...how) => {
  const handle = await open(...how)
  for (const name of ['sync', 'datasync']) {
    const real = handle[name].bind(handle)
    handle[name] = async () => void (without(handle) || (await real()))
  }
  return handle
}
