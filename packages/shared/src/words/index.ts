export { type Message, type Say, saying, type Value, type Words } from './message.ts'
export type { Parameters } from './parameters.ts'
export { MessageSchema } from './schema.ts'
export { codeText, type Language, textOf, underCodes } from './text-of.ts'
