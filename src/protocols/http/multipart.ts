/** One part of a multipart body. */
export interface MultipartPart {
  /** Empty when the part does not say. */
  readonly name: string
  readonly filename: string | undefined
  /** Media type in lower case, without parameters; empty when the part does not say. */
  readonly type: string
  readonly content: Buffer
}

/** Reads a multipart body by the boundary that `contentType` names; undefined if the body does not follow it. */
export function parseMultipart(body: Buffer, contentType: string): readonly MultipartPart[] | undefined {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const delimiter = boundary && `--${boundary[1] ?? boundary[2]}`
  if (!delimiter || !body.subarray(0, delimiter.length + 2).includes(delimiter)) return undefined
  const parts: MultipartPart[] = []
  let at = body.indexOf(delimiter) + delimiter.length
  while (!startsWith(body, at, '--')) {
    const start = lineEnd(body, at)
    const next = body.indexOf(`\n${delimiter}`, start - 1)
    if (start < 0 || next < 0) return undefined
    parts.push(parsePart(body.subarray(start, body[next - 1] === 13 ? Math.max(next - 1, start) : next)))
    at = next + 1 + delimiter.length
  }
  return parts
}

function startsWith(body: Buffer, at: number, text: string): boolean {
  return body.toString('latin1', at, at + text.length) === text
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf('\n', from)
  return end < 0 ? -1 : end + 1
}

function parsePart(part: Buffer): MultipartPart {
  // A part without headers begins with the empty line itself.
  const blank = part[0] === 10 || (part[0] === 13 && part[1] === 10) ? null : /\r?\n\r?\n/.exec(part.toString('latin1'))
  const headerEnd = blank ? blank.index : 0
  const contentAt = blank ? blank.index + blank[0].length : part.indexOf('\n') + 1
  const headers = part.toString('utf8', 0, headerEnd)
  const disposition = /^content-disposition:(.*)$/im.exec(headers)?.[1] ?? ''
  return {
    name: parameter(disposition, 'name') ?? '',
    filename: parameter(disposition, 'filename'),
    type: /^content-type:\s*([^;\s]*)/im.exec(headers)?.[1]?.toLowerCase() ?? '',
    content: part.subarray(contentAt),
  }
}

function parameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(String.raw`;\s*${name}=(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))`, 'i').exec(disposition)
  return found ? (found[1] ?? found[2]) : undefined
}
