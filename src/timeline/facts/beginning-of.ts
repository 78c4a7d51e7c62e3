const longest = 8192

/** The beginning of a body as text, enough of it to look for values. */
export function beginningOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, longest)).toString('utf8')
}
