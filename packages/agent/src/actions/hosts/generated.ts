/** Words by which other tools mark a hosts file that they write again and again: a change would be theirs to undo. */
const signs = [
  /manage_etc_hosts/i,
  /\bcloud-init\b/i,
  /\b(?:auto(?:matically)?[- ]?)?generated (?:by|automatically)\b/i,
  /\bautomatically generated\b/i,
  /\bdo not (?:edit|modify|change)\b/i,
  /\b(?:ansible|puppet|chef|salt)[- ]managed\b/i,
  /\bmanaged by (?:ansible|puppet|chef|salt|cfengine|docker|wsl|vagrant|netplan|networkmanager)\b/i,
  /\bfile is managed\b/i,
]

/** The comment that says this file is generated, or null. Only the head of the file is looked at. */
export function generatedSign(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 8192)).toString('latin1').split(/\r?\n/).slice(0, 40)
  return head.find((line) => line.trimStart().startsWith('#') && signs.some((sign) => sign.test(line)))?.trim() ?? null
}
