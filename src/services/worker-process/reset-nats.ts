import { pause } from '../../core/real-clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { say, type ServerPlace } from './reset.ts'

/** What a test left that has published a message with an id, by which a stream knows what it has been given before. */
export const publishedId = 'a message with an id'

const inbox = '_INBOX.mortar'

/** The shortest time for which a stream may be told to remember ids: milliseconds, and nanoseconds as it is told. */
const shortestMs = 100
const shortest = shortestMs * 1_000_000

/** What is asked of the server: the last part of a subject of JetStream, and a body. */
type Asked = readonly [what: string, body?: object]

/**
 * Empties every stream, key-value buckets and object stores among them, and has them forget the ids of messages where
 * there were any. Their consumers stay.
 */
export async function resetNats(server: ServerPlace, traces: ReadonlySet<string>): Promise<void> {
  const [known] = await ask(server, [['STREAM.NAMES']])
  const names = (known?.['streams'] ?? []) as readonly string[]
  await ask(
    server,
    names.map((name) => [`STREAM.PURGE.${name}`]),
  )
  if (traces.has(publishedId)) await forgetIds(server, names)
}

/**
 * A stream that is emptied goes on remembering ids. It forgets those that are too old as soon as it is told to remember
 * them for another time. To make it anew would leave its consumers without what they have asked for.
 */
async function forgetIds(server: ServerPlace, names: readonly string[]): Promise<void> {
  const found = await ask(
    server,
    names.map((name) => [`STREAM.INFO.${name}`]),
  )
  const configs = found.flatMap(({ config }) => {
    const { duplicate_window: window } = (config ?? {}) as { readonly duplicate_window?: number }
    return window !== undefined && window > shortest ? [config as JsonObject & { readonly name: string }] : []
  })
  if (configs.length === 0) return
  await pause(shortestMs)
  await ask(server, [
    ...configs.map((config): Asked => [`STREAM.UPDATE.${config.name}`, { ...config, duplicate_window: shortest }]),
    // What is too old goes once that is done, which the next question gives it time for.
    ...configs.map(({ name }): Asked => [`STREAM.INFO.${name}`]),
  ])
  const restored = await ask(
    server,
    configs.map((config) => [`STREAM.UPDATE.${config.name}`, config]),
  )
  const refused = restored.find(({ error }) => error !== undefined)?.['error'] as JsonObject | undefined
  if (refused) throw new Error(String(refused['description']))
}

/** Asks JetStream on a connection of its own. @returns Its answers in the order of the questions; without it, nothing. */
async function ask(server: ServerPlace, questions: readonly Asked[]): Promise<readonly JsonObject[]> {
  const { user, password } = server
  const login = user === undefined ? {} : { user, pass: password }
  const options = { verbose: false, pedantic: false, name: 'mortar', no_responders: true, headers: true, ...login }
  const publish = ([what, body]: Asked, i: number): string => {
    const text = body === undefined ? '' : JSON.stringify(body)
    return `PUB $JS.API.${what} ${inbox}.${i} ${Buffer.byteLength(text)}\r\n${text}\r\n`
  }
  let begun = false
  if (questions.length === 0) return []
  return say('NATS', server, {
    read(received, write) {
      const text = received.toString('latin1')
      if (!begun && text.includes('\r\n')) {
        begun = true
        write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox}.* 1\r\n${questions.map(publish).join('')}`)
        return undefined
      }
      const refused = /^-ERR (.*)\r\n/m.exec(text)?.[1]
      if (refused !== undefined) throw new Error(refused)
      const answers = answersIn(received)
      if (answers.filter((one) => one !== undefined).length < questions.length) return undefined
      return answers.map((answer) => (answer === '' ? {} : (JSON.parse(answer) as JsonObject)))
    },
  })
}

/** The bodies of whole answers, in the order of the questions; of one without responders, nothing. */
function answersIn(received: Buffer): string[] {
  // A character for each byte.
  const text = received.toString('latin1')
  const found: string[] = []
  const heads = /^(?:MSG|HMSG) _INBOX\.mortar\.(\d+) 1 (?:(\d+) )?(\d+)\r\n/gm
  for (let head = heads.exec(text); head; head = heads.exec(text)) {
    const [line, id, headers, size] = head
    const from = head.index + line.length
    const end = from + Number(size)
    if (text.length < end + 2) break
    found[Number(id)] = received.toString('utf8', from + Number(headers ?? 0), end)
    heads.lastIndex = end + 2
  }
  return found
}
