import type { Exchange } from '../core/exchange.ts'
import type { HttpQuestion, HttpReply } from '../protocols/http/message.ts'
import { exchangeBuilder } from './build-exchange.ts'
import { type Fields, fieldsOf, isFields, listOf } from './field-reader.ts'
import type { Format, Imported, ImportSource } from './format.ts'
import { groupByTest } from './group-by-test.ts'
import { plainContent, readHarEntry } from './har-entry.ts'
import { readOwnHarEntry } from './har-own-entry.ts'
import { writeHar } from './har-write.ts'
import { LossList } from './loss-list.ts'
import { looksLikeJson, parseJson, tryJson } from './parse-json.ts'

/** HAR 1.2, of browsers, proxies and Mortar itself. */
export const har: Format = {
  name: 'har',
  detect: (text, path) => creatorOf(text, path) === 'other',
  read,
  write: writeHar,
}

/** Whether the text is a HAR file, and whether Polly wrote it. */
export function creatorOf(text: string, path: string): 'polly' | 'other' | undefined {
  const value = tryJson(text)
  if (value === undefined) {
    if (!looksLikeJson(text) || !/^\uFEFF?\s*\{\s*"log"\s*:/.test(text))
      return path.endsWith('.har') ? 'other' : undefined
    return /"name"\s*:\s*"Polly\.JS"/.test(text.slice(0, 4000)) ? 'polly' : 'other'
  }
  if (!isFields(value) || !isFields(value['log']) || !Array.isArray(value['log']['entries'])) return undefined
  const { creator } = value['log']
  return isFields(creator) && creator['name'] === 'Polly.JS' ? 'polly' : 'other'
}

/** The log of a HAR file and its entries. @throws MortarError `MORTAR_IMPORT_UNREADABLE` */
export function harLog(text: string, path: string): { log: Fields; entries: readonly Fields[] } {
  const log = fieldsOf(fieldsOf(parseJson(text, path), `${path}: the whole file`)['log'], `${path}: log`)
  const entries = listOf(log['entries'], `${path}: log.entries`)
  return { log, entries: entries.map((entry, index) => fieldsOf(entry, `${path}: log.entries[${index}]`)) }
}

function read(text: string, source: ImportSource): Imported {
  const losses = new LossList()
  const { log, entries } = harLog(text, source.path)
  losses.unknownKeys(log, ['version', 'creator', 'browser', 'entries'])
  const build = exchangeBuilder(source, losses)
  const exchanges: Exchange<HttpQuestion, HttpReply>[] = []
  for (const [index, entry] of entries.entries()) {
    const where = `${source.path}: log.entries[${index}]`
    if (isFields(entry['_mortar'])) exchanges.push(readOwnHarEntry(entry, where, losses))
    else {
      const recorded = readHarEntry(entry, where, losses, plainContent)
      if (recorded) exchanges.push(build(recorded))
    }
  }
  return { groups: groupByTest(exchanges), losses: losses.list() }
}
