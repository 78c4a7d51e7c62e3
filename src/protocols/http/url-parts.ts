import { decodePlaceholders } from '../../core/redaction/placeholder.ts'
import { dropEncodedPlaceholderIds } from '../../core/redaction/placeholder-kinds.ts'

/** A URL taken apart for comparison. */
export interface UrlParts {
  /** Scheme, host and port as `URL` gives them: lower case, no default port, no credentials; `wss` as `https`. */
  readonly origin: string
  /** Always begins with `/`; percent-encoded the same way whoever encoded it. */
  readonly path: string
  /** Without `?`, as it was written; empty when there is none. The fragment is gone. */
  readonly query: string
}

/** Origins as written → as compared. Programs write few, but a fuzzer writes many. */
const origins = new Map<string, string>()
const maxOrigins = 1000

const plainPath = /^[\w\-./~!$&'()*+,;=:@]*$/
const unusualInPath = /(\{\{[^{}]+\}\})|%([0-9a-f]{2})|[^\w\-./~!$&'()*+,;=:@]/giu
const needlesslyEncoded = /[\w\-.~!$&'()*+,;=:@]/

/** Takes `url` apart. `dropIds` leaves of redaction placeholders in the path only their kind. */
export function splitUrl(url: string, dropIds: boolean): UrlParts {
  const hash = url.indexOf('#')
  const whole = hash < 0 ? url : url.slice(0, hash)
  const scheme = whole.indexOf('://')
  const hostAt = scheme < 0 ? 0 : scheme + 3
  const question = whole.indexOf('?', hostAt)
  const end = question < 0 ? whole.length : question
  const slash = whole.indexOf('/', hostAt)
  const pathAt = scheme < 0 ? 0 : slash < 0 || slash > end ? end : slash
  return {
    origin: canonicalOrigin(whole.slice(0, pathAt)),
    path: canonicalPath(whole.slice(pathAt, end), dropIds),
    query: question < 0 ? '' : whole.slice(question + 1),
  }
}

function canonicalOrigin(written: string): string {
  let origin = origins.get(written)
  if (origin === undefined) {
    const parsed = URL.parse(written)?.origin.replace(/^ws/, 'http')
    origin = parsed === undefined || parsed === 'null' ? written.toLowerCase() : parsed
    if (origins.size >= maxOrigins) origins.clear()
    origins.set(written, origin)
  }
  return origin
}

function canonicalPath(written: string, dropIds: boolean): string {
  if (written === '') return '/'
  if (plainPath.test(written)) return written
  const path = dropIds ? dropEncodedPlaceholderIds(written) : decodePlaceholders(written)
  return path.toWellFormed().replace(unusualInPath, (found: string, placeholder?: string, hex?: string) => {
    if (placeholder) return placeholder
    if (!hex) return encodeURIComponent(found)
    const decoded = String.fromCharCode(parseInt(hex, 16))
    return needlesslyEncoded.test(decoded) ? decoded : found.toUpperCase()
  })
}
