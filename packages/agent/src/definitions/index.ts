export { type CredentialDefinition, RepositoryDefinition } from './definitions.ts'
export { definedNames, definitionWarnings, type LocalDefinitions } from './local-definitions.ts'
export { readOwnedFile } from './owned-file.ts'
export { secretOf } from './secret.ts'
