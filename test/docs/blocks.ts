import { readFileSync } from 'node:fs'

/** One fenced block of a Markdown page. */
export interface Block {
  readonly language: string
  readonly text: string
}

/** The fenced blocks of a page, in order. */
export function blocksOf(file: string): Block[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    language: match[1] ?? '',
    text: match[2] ?? '',
  }))
}

/** The commands of `chaos-lite` on a page, in order: the words after the name, as a shell would split them. */
export function commandsOf(file: string): string[][] {
  return blocksOf(file)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replaceAll(/\\\n\s*/g, '').split('\n'))
    .filter((line) => line.startsWith('chaos-lite '))
    .map((line) => [...line.matchAll(/'([^']*)'|(\S+)/g)].slice(1).map(([, quoted, plain]) => quoted ?? plain ?? ''))
}
