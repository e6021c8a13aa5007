import { crc32, deflateRawSync } from 'node:zlib'

/** One entry of a zip that is written by hand. `by`: who made it (APPNOTE.TXT 4.4.2.2). */
export type ZipEntry = {
  name: string
  body?: string
  mode?: number
  size?: number
  crc?: number
  flags?: number
  by?: number
}

/** A zip written by hand (APPNOTE.TXT 4.3). */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, body = '', mode = 0o100644, size, crc, flags = 0, by = 3 } of entries) {
    const packed = deflateRawSync(body)
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(flags, 2)
    fields.writeUInt16LE(8, 4)
    fields.writeUInt32LE(0x5a21_0000, 6)
    fields.writeUInt32LE(crc ?? crc32(body), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(size ?? body.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE((mode << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    central.push(
      Buffer.concat([
        Buffer.from(`PK\x01\x02\x14${String.fromCharCode(by)}`, 'latin1'),
        fields,
        rest,
        Buffer.from(name),
      ]),
    )
    locals.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}
