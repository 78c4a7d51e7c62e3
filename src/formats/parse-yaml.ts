import type { Document, Node } from 'yaml'
import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import type { LossList } from './loss-list.ts'

/**
 * Parses a YAML file written by Ruby or Python. Every scalar stays the text it was written as: those languages and
 * today's YAML disagree on what is a number, a date or a truth value, and no recording needs one. Bytes
 * (`!binary`, `!!binary`) become a `Uint8Array`, an unquoted null becomes `null`. Tags of a language are never acted
 * upon: their plain content is taken, and they are counted in `losses`.
 *
 * @throws MortarError `MORTAR_IMPORT_UNREADABLE` naming file and line
 */
export async function parseYaml(text: string, path: string, losses: LossList): Promise<unknown> {
  const { LineCounter, isAlias, isMap, isNode, isScalar, isSeq, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document: Document = parseDocument(text, {
    schema: 'failsafe',
    lineCounter: lines,
    logLevel: 'error',
    uniqueKeys: false,
  })
  const [error] = document.errors
  if (error) {
    throw new MortarError('MORTAR_IMPORT_UNREADABLE', `\`${path}\` is not valid YAML: it breaks off or is damaged`, {
      where: `${path}:${error.linePos?.[0].line ?? lines.lineStarts.length}`,
      seen: error.message.split('\n')[0] ?? '',
      cause: error,
    })
  }

  // An alias shares the value of its anchor: copies of copies would make a small file stand for an endless one.
  const anchored = new Map<unknown, unknown>()
  const value = (node: unknown, depth: number): unknown => {
    if (depth > 100) {
      throw new MortarError('MORTAR_IMPORT_UNREADABLE', `\`${path}\` is nested too deeply`, { where: path })
    }
    if (isAlias(node)) {
      const target = node.resolve(document)
      return anchored.has(target) ? anchored.get(target) : value(target, depth + 1)
    }
    const plain = plainValue(node, depth)
    if (isNode(node) && node.anchor !== undefined) anchored.set(node, plain)
    return plain
  }
  const plainValue = (node: unknown, depth: number): unknown => {
    if (isScalar(node)) {
      if (node.value instanceof Uint8Array) return node.value
      const written = anyText(node.value ?? '')
      if (isBinary(node)) return Buffer.from(written, 'base64')
      noteTag(node, losses)
      return node.type === 'PLAIN' && /^(~|null|Null|NULL|)$/.test(written) ? null : written
    }
    if (isSeq(node)) {
      noteTag(node, losses)
      return node.items.map((item) => value(item, depth + 1))
    }
    if (isMap(node)) {
      noteTag(node, losses)
      const pairs = node.items.map((pair): [string, unknown] => {
        const key = value(pair.key, depth + 1)
        return [
          key instanceof Uint8Array ? Buffer.from(key).toString('latin1') : anyText(key),
          value(pair.value, depth + 1),
        ]
      })
      return unwrapped(Object.fromEntries(pairs), node)
    }
    return null
  }
  return value(document.contents, 0)
}

function isBinary(node: Node): boolean {
  return node.tag === '!binary' || node.tag === 'tag:yaml.org,2002:binary'
}

const plainTags = ['str', 'map', 'seq', 'null', 'int', 'float', 'bool', 'timestamp']

function noteTag(node: Node, losses: LossList): void {
  const { tag } = node
  if (tag === undefined || tag === '!' || tag === '!str') return
  if (plainTags.some((plain) => tag === `tag:yaml.org,2002:${plain}`)) return
  losses.add('language tags', 'types of Ruby or Python objects; only their plain content was taken')
}

/** The text inside a Ruby string with a class of its own, and the bytes inside a Python stream. */
function unwrapped(object: Record<string, unknown>, node: Node): unknown {
  if (node.tag?.startsWith('!ruby/string') && 'str' in object) return object['str']
  if (node.tag?.includes('io.BytesIO') && Array.isArray(object['state'])) return object['state'][0]
  return object
}
