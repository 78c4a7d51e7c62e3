import { isAbsolute } from 'node:path'
import { anyText } from '../core/any-value.ts'
import { MortarError } from '../core/errors.ts'
import type { Ending, Exchange, TestRef } from '../core/exchange.ts'
import { readChoice, readList, readNumber, readObject, readText, wrongField } from '../core/json-fields.ts'
import type { Json, JsonObject } from '../core/json.ts'
import type { BodyFiles, Content, Notation } from '../core/protocol.ts'
import { parseCassette } from './parse-cassette.ts'
import { pathSteps, positionOf } from './json-position.ts'

/** Finds the notation of a protocol by its name; throws when there is none. */
export type Notations = (protocol: string) => Notation<unknown, unknown>

/** When, by what and where something was recorded last. */
export interface Recorded {
  /** ISO 8601, UTC. */
  readonly at: string
  /** `mortar 0.1.0`, or the tool and file it was imported from. */
  readonly by: string
  /** `linux x64, node 24.21.0` */
  readonly on: string
  readonly ci: boolean
}

/** How often one kind of secret was replaced, and in which fields. */
export interface RedactionCount {
  readonly kind: string
  readonly count: number
  readonly where: readonly string[]
}

/** The exchanges of one test, as kept on disk. */
export interface Cassette {
  /** Absolute path. */
  readonly file: string
  readonly test: TestRef
  readonly recorded: Recorded
  /**
   * In the order of the file. `question` and `messages` are read when they are first asked for, and may throw
   * `MORTAR_CASSETTE_UNREADABLE` or `MORTAR_CASSETTE_BODY_MISSING` then.
   */
  readonly exchanges: readonly Exchange[]
  readonly redactions: readonly RedactionCount[]
}

const endings: readonly Ending[] = ['complete', 'abandoned', 'open']

/**
 * Reads the text of a cassette file.
 *
 * @throws MortarError `MORTAR_CASSETTE_UNREADABLE` naming file, line, column and field; `MORTAR_CASSETTE_VERSION`
 */
export function readCassette(text: string, file: string, notations: Notations, bodies: BodyFiles): Cassette {
  const json = parseCassette(text, file)
  try {
    const test = readTest(json['test'])
    const exchanges = readList(json['exchanges'], 'exchanges').map((item, i) => {
      const path = `exchanges[${i}]`
      const entry = readObject(item, path)
      const refine = (error: unknown) => located(error, file, text, path)
      return readExchange(entry, path, test, () => notations(anyText(entry['protocol'])).read(entry, bodies), refine)
    })
    return {
      file,
      test,
      recorded: readRecorded(json['recorded']),
      exchanges,
      redactions: readList(json['redactions'], 'redactions').map((item, i) => readRedaction(item, `redactions[${i}]`)),
    }
  } catch (error) {
    throw located(error, file, text, '')
  }
}

function readExchange(
  entry: JsonObject,
  path: string,
  test: TestRef,
  read: () => Content<unknown, unknown>,
  refine: (error: unknown) => unknown,
): Exchange {
  let known: Content<unknown, unknown> | undefined
  const part = <T>(choose: (content: Content<unknown, unknown>) => T): T => {
    try {
      return choose((known ??= read()))
    } catch (error) {
      throw refine(error)
    }
  }
  return {
    id: readText(entry['id'], `${path}.id`),
    boundary: readText(entry['boundary'], `${path}.boundary`),
    protocol: readText(entry['protocol'], `${path}.protocol`),
    operation: readText(entry['operation'], `${path}.operation`),
    effect: entry['effect'] === true,
    test,
    askedAt: readTime(entry['at'], `${path}.at`),
    durationMs: readNumber(entry['ms'], `${path}.ms`, 0),
    get question() {
      return part((content) => content.question)
    },
    get messages() {
      return part((content) => content.messages)
    },
    ending: readChoice(entry['ending'], `${path}.ending`, endings, 'complete'),
  }
}

function readTest(value: Json | undefined): TestRef {
  const test = readObject(value, 'test')
  return { file: readText(test['file'], 'test.file'), name: readText(test['name'], 'test.name') }
}

function readRecorded(value: Json | undefined): Recorded {
  const recorded = readObject(value, 'recorded')
  readTime(recorded['at'], 'recorded.at')
  return {
    at: readText(recorded['at'], 'recorded.at'),
    by: readText(recorded['by'], 'recorded.by', ''),
    on: readText(recorded['on'], 'recorded.on', ''),
    ci: recorded['ci'] === true,
  }
}

function readRedaction(value: Json, path: string): RedactionCount {
  const item = readObject(value, path)
  return {
    kind: readText(item['kind'], `${path}.kind`),
    count: readNumber(item['count'], `${path}.count`),
    where: readList(item['where'], `${path}.where`).map((where, i) => readText(where, `${path}.where[${i}]`)),
  }
}

function readTime(value: Json | undefined, path: string): number {
  const time = Date.parse(readText(value, path))
  if (Number.isNaN(time)) throw wrongField(path, 'a time such as 2026-11-20T10:15:00.000Z', value)
  return time
}

/** The same error, saying in which file and line the field stands. */
function located(error: unknown, file: string, text: string, within: string): unknown {
  if (!MortarError.is(error)) return error
  const { code, reason, where, expected, seen, hint } = error
  const ofBody = where !== undefined && isAbsolute(where)
  const field = [within, ofBody ? undefined : where].filter(Boolean).join('.')
  const { line, column } = positionOf(text, pathSteps(field))
  return new MortarError(code, ofBody ? `${reason}: ${where}` : reason.replace(`\`${where}\``, `\`${field}\``), {
    where: `${file}:${line}:${column} (${field})`,
    ...(expected !== undefined && { expected }),
    ...(seen !== undefined && { seen }),
    hint,
    cause: error,
  })
}
