export * from './action-traits.ts'
export * from './built-in-menu.generated.ts'
export * from './menu.ts'
