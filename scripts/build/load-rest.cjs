// Built into the executable in the place of import('./cli/main.ts'): the larger part of the agent lies beside the program
// as an asset, and is read only by commands that need it. What waits on an idle host never pays for it.
const { getAsset, getRawAsset } = require('node:sea')
const { compileFunction } = require('node:vm')
const { createRequire } = require('node:module')

const source = getAsset('rest.cjs', 'utf8')
const cache = Buffer.from(getRawAsset('rest.cache'))
const options = { filename: 'chaos-lite-agent.cjs', ...(cache.length > 0 && { cachedData: cache }) }
const rest = compileFunction(source, ['exports', 'require', 'module', '__filename'], options)
const loaded = { exports: {} }
rest(loaded.exports, createRequire(process.execPath), loaded, process.execPath)
module.exports = loaded.exports
