/** What `--version` prints: a semantic version, as in package.json. */
export const controllerVersion = '0.1.0'
