import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { API } from 'typescript/unstable/sync'
import { type Candidate, candidatesOf } from './candidates.ts'

/** What the compiler says of names that nothing uses (any more): a mutation may leave some. */
const UNUSED: readonly number[] = [6133, 6138, 6192, 6196, 6198]

/** The compiler over one package of a copy. To be closed. */
export class Compiler {
  readonly #api: API
  readonly #folder: string
  readonly #name: string
  readonly #config: string

  constructor(folder: string, name: string) {
    this.#api = new API({ cwd: folder })
    this.#folder = folder
    this.#name = name
    this.#config = join(folder, 'packages', name, 'tsconfig.mutate.json')
    // Without references: the copy has no build that they could point to.
    const options = { composite: false, incremental: false, emitDeclarationOnly: false, noEmit: true, rootDir: '../..' }
    const config = {
      extends: './tsconfig.json',
      compilerOptions: { ...options, tsBuildInfoFile: null },
      references: [],
    }
    writeFileSync(this.#config, JSON.stringify(config))
  }

  /** Every mutation that can be drawn in the sources of the package. */
  candidates(): Candidate[] {
    const files = globSync(`packages/${this.#name}/src/**/*.{ts,tsx}`, { cwd: this.#folder }).map(normalize).sort()
    const program = this.#program([])
    return files.flatMap((file) => {
      const source = program.getSourceFile(join(this.#folder, file))
      return source === undefined || source.isDeclarationFile ? [] : candidatesOf(source, file)
    })
  }

  /**
   * Writes the first text into the file with which it compiles, and returns that text; null, and the file as it was, when
   * there is none.
   */
  apply({ file, start, end, instead }: Candidate): string | null {
    const path = join(this.#folder, file)
    const before = readFileSync(path, 'utf8')
    for (const text of instead) {
      writeFileSync(path, before.slice(0, start) + text + before.slice(end))
      const program = this.#program([path])
      const found = [...program.getSyntacticDiagnostics(path), ...program.getSemanticDiagnostics(path)]
      if (found.every(({ code }) => UNUSED.includes(code))) return text
    }
    writeFileSync(path, before)
    return null
  }

  /** Undoes a mutation. */
  restore({ file, start, text }: Candidate, instead: string): void {
    const path = join(this.#folder, file)
    const now = readFileSync(path, 'utf8')
    writeFileSync(path, now.slice(0, start) + text + now.slice(start + instead.length))
    this.#program([path])
  }

  close(): void {
    this.#api.close()
  }

  #program(changed: string[]) {
    const snapshot = this.#api.updateSnapshot({ openProjects: [this.#config], fileChanges: { changed } })
    const project = snapshot.getProject(this.#config)
    if (project === undefined) throw new Error(`The compiler does not know the project ${this.#config}.`)
    return project.program
  }
}
