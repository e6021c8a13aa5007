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
const source = `(function (exports, require, module, __filename) {${readFileSync(`${__filename}.program`, 'utf8')}\n})`
const script = new Script(source, { filename: `${__filename}.program`, cachedData: read('.compiled') })
const into = process.env.COMPILED_INTO
if (into !== undefined) {
  delete process.env.COMPILED_INTO
  process.on('exit', () => writeFileSync(into, script.createCachedData()))
}
const loaded = { exports: {} }
script.runInThisContext()(loaded.exports, require, loaded, __filename)
