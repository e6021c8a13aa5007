/**
 * Cuts what a WebSocket client sends into whole pieces (RFC 6455, 5.2): first its upgrade request, then frame by frame.
 * Nothing is understood of them; they can be held back, repeated or dropped as pieces.
 */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0)
  #upgraded = false

  /** The pieces that are complete now. */
  take(chunk: Buffer): { readonly bytes: Buffer; readonly kind: 'upgrade' | 'text' | 'control' }[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const pieces: ReturnType<FrameSplitter['take']> = []
    for (let end = this.#end(); end > 0 && end <= this.#rest.length; end = this.#end()) {
      const bytes = this.#rest.subarray(0, end)
      const kind = !this.#upgraded ? 'upgrade' : ((bytes[0] ?? 0) & 0x08) !== 0 ? 'control' : 'text'
      this.#upgraded = true
      this.#rest = this.#rest.subarray(end)
      pieces.push({ bytes, kind })
    }
    return pieces
  }

  /** Where the first piece ends; 0 while that is not known. */
  #end(): number {
    if (!this.#upgraded) {
      const at = this.#rest.indexOf('\r\n\r\n')
      return at < 0 ? 0 : at + 4
    }
    if (this.#rest.length < 2) return 0
    const second = this.#rest[1] ?? 0
    const mask = second >= 128 ? 4 : 0
    const short = second & 127
    if (short < 126) return 2 + mask + short
    if (short === 126) return this.#rest.length < 4 ? 0 : 4 + mask + this.#rest.readUInt16BE(2)
    return this.#rest.length < 10 ? 0 : 10 + mask + Number(this.#rest.readBigUInt64BE(2))
  }
}
