import { STATUS_CODES } from 'node:http'
import { anyText } from '../core/any-value.ts'
import type { HttpVersion } from '../protocols/http/message.ts'
import type { LossList } from './loss-list.ts'
import { looksLikeJson, parseJson } from './parse-json.ts'
import { parseYaml } from './parse-yaml.ts'

/** Parses a cassette that is JSON or YAML, as VCR and vcrpy write both. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function parseCassette(text: string, path: string, losses: LossList): unknown | Promise<unknown> {
  return looksLikeJson(text) ? parseJson(text, path) : parseYaml(text, path, losses)
}

/** `HTTP/1.1`, `1.1`, `2`, `h2`, `10` and `11` of Python, or nothing at all. */
export function versionOf(written: unknown, losses: LossList): HttpVersion {
  if (written === null || written === undefined || written === '') return '1.1'
  const text = anyText(written)
    .toLowerCase()
    .replace(/^http\//, '')
    .replace(/^h/, '')
  if (text === '1.0' || text === '10') return '1.0'
  if (/^2(\.0|0)?$/.test(text)) return '2'
  if (/^3(\.0|0)?$|^3-/.test(text)) {
    losses.add('HTTP/3', 'the answers were kept as HTTP/2, which says the same')
    return '2'
  }
  if (text !== '1.1' && text !== '11') losses.add('HTTP versions', 'the name is unknown; HTTP/1.1 was taken')
  return '1.1'
}

/** The reason phrase in the file, else the usual one of the status. */
export function reasonOf(written: unknown, status: number): string {
  return typeof written === 'string' ? written : (STATUS_CODES[status] ?? '')
}
