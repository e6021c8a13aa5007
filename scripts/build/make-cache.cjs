// make-cache.cjs SOURCE CACHE: what V8 makes of SOURCE, for load-rest.cjs. Only good for the very same Node.js and flags.
const { readFileSync, writeFileSync } = require('node:fs')
const { compileFunction } = require('node:vm')

const [source, cache] = process.argv.slice(2)
const parameters = ['exports', 'require', 'module', '__filename']
const compiled = compileFunction(readFileSync(source, 'utf8'), parameters, { produceCachedData: true })
writeFileSync(cache, compiled.cachedData)
