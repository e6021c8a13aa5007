import { Header } from 'tar'

/** One entry of a tar that is written by hand. */
export type TarEntry = {
  path: string
  type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'BlockDevice' | 'FIFO' | 'Directory'
  linkpath?: string
  body?: string
  size?: number
  devmaj?: number
  devmin?: number
}

/** A tar written by hand, so that it can hold what no honest program writes. */
export function tarOf(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath, body = '', size, devmaj, devmin }) => {
    const head = Buffer.alloc(512)
    new Header({
      path,
      type,
      mode: 0o644,
      size: size ?? body.length,
      mtime: new Date(0),
      ...(linkpath ? { linkpath } : {}),
      ...(devmaj === undefined ? {} : { devmaj, devmin: devmin ?? 0 }),
    }).encode(head)
    const data = Buffer.alloc(Math.ceil(body.length / 512) * 512)
    data.write(body)
    return [head, data]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}
