export { type Message, type Say, saying, type Words } from './message.ts'
export type { Parameters, Value } from './parameters.ts'
export { MessageSchema } from './schema.ts'
export { codeText, type Language, textOf, underCodes } from './text-of.ts'
