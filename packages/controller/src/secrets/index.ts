export { hashOf, hmacHex, randomSecret, same, sha256 } from './secrets.ts'
