export { Bucket } from './bucket.ts'
