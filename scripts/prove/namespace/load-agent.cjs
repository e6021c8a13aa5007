// The agent's bundle, started with what an earlier start of it compiled: Node.js itself keeps less of that.
const { readFileSync, writeFileSync } = require('node:fs')
const { Script } = require('node:vm')

const read = (name) => {
  try {
    return readFileSync(__filename + name)
  } catch {
    return undefined
  }
}
const script = new Script(readFileSync(`${__filename}.program`, 'latin1'), {
  filename: `${__filename}.program`,
  cachedData: read('.compiled'),
})
const into = process.env.COMPILED_INTO
if (into !== undefined) {
  delete process.env.COMPILED_INTO
  process.on('exit', () => writeFileSync(into, script.createCachedData()))
}
const loaded = { exports: {} }
script.runInThisContext()(loaded.exports, require, loaded, __filename)
