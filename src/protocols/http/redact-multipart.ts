import type { Redactor } from '../../core/redaction.ts'

/**
 * Rewrites the parts of a multipart body: a form's values by their name, files and nameless parts by their type.
 *
 * @param text - The body as latin1, so that its binary parts survive.
 */
export function redactMultipart(
  text: string,
  contentType: string,
  redactor: Redactor,
  where: string,
  redactPart: (bytes: Uint8Array, type: string) => Uint8Array,
): string {
  const boundary = /\bboundary="?([^";]+)/i.exec(contentType)?.[1]
  if (boundary === undefined) return text
  const delimiter = `--${boundary.trim()}`
  return text
    .split(delimiter)
    .map((part, i) => {
      const [, head, content, end] = i === 0 ? [] : (/^(\r?\n[\s\S]*?\r?\n\r?\n)([\s\S]*?)(\r?\n)$/.exec(part) ?? [])
      if (head === undefined || content === undefined) return part
      return head + redactContent(head, content, redactor, where, redactPart) + end
    })
    .join(delimiter)
}

function redactContent(
  head: string,
  content: string,
  redactor: Redactor,
  where: string,
  redactPart: (bytes: Uint8Array, type: string) => Uint8Array,
): string {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const type = /^content-type:\s*(.*?)\s*$/im.exec(head)?.[1] ?? ''
  const name = /\bname="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? /\bname=([^\s;"]+)/i.exec(disposition)?.[1]
  const bytes = Buffer.from(content, 'latin1')
  if (name === undefined || /\bfilename\*?=/i.test(disposition)) {
    const redacted = redactPart(bytes, type)
    return redacted === bytes ? content : Buffer.from(redacted).toString('latin1')
  }
  const value = bytes.toString()
  const redacted = redactor.json({ [name]: value }, where) as Readonly<Record<string, string>>
  return redacted[name] === value ? content : Buffer.from(redacted[name]!).toString('latin1')
}
