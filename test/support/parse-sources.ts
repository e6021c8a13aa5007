import type { SourceFile } from 'typescript/unstable/ast'
import { createVirtualFileSystem } from 'typescript/unstable/fs'
import { API } from 'typescript/unstable/sync'

/** Where the compiler believes the files to be: it reads nothing from the disk. */
const folder = '/sources'
const config = `${folder}/tsconfig.json`
/** No imports, no library: the compiler parses the files and checks no types. */
const compilerOptions = { noResolve: true, noLib: true, types: [], noEmit: true, allowImportingTsExtensions: true }

/** The syntax trees of these texts, by the path of each, in their order. Throws when the compiler leaves one out. */
export function parseSources(texts: ReadonlyMap<string, string>): ReadonlyMap<string, SourceFile> {
  const paths = [...texts.keys()]
  const files = Object.fromEntries([...texts].map(([path, text]) => [`${folder}/${path}`, text]))
  const fs = createVirtualFileSystem({ ...files, [config]: JSON.stringify({ compilerOptions, files: paths }) })
  const api = new API({ cwd: folder, fs })
  try {
    using snapshot = api.updateSnapshot({ openProjects: [config] })
    const program = snapshot.getProject(config)?.program
    return new Map(
      paths.map((path) => {
        const source = program?.getSourceFile(`${folder}/${path}`)
        if (source === undefined) throw new Error(`The compiler did not parse ${path}.`)
        return [path, source]
      }),
    )
  } finally {
    api.close()
  }
}
