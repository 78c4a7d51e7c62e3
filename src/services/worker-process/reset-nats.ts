import { say, type ServerPlace } from './reset.ts'

const inbox = '_INBOX.mortar'

/** Empties every stream, key-value buckets and object stores among them. Their consumers stay. */
export async function resetNats(server: ServerPlace): Promise<void> {
  const { user, password } = server
  const login = user === undefined ? {} : { user, pass: password }
  const options = { verbose: false, pedantic: false, name: 'mortar', no_responders: true, headers: true, ...login }
  let begun = false
  let asked = 0
  let waiting = 0
  await say('NATS', server, {
    read(received, write) {
      const ask = (subject: string): void => {
        waiting++
        write(`PUB ${subject} ${inbox}.${asked++} 0\r\n\r\n`)
      }
      const text = received.toString('latin1')
      if (!begun && text.includes('\r\n')) {
        begun = true
        write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox}.* 1\r\n`)
        ask('$JS.API.STREAM.NAMES')
        return undefined
      }
      const refused = /^-ERR (.*)\r\n/m.exec(text)?.[1]
      if (refused !== undefined) throw new Error(refused)
      const answers = answersIn(text)
      const [names] = answers
      if (names === undefined) return undefined
      if (asked === 1) for (const name of namesIn(names)) ask(`$JS.API.STREAM.PURGE.${name}`)
      return answers.length === waiting ? true : undefined
    },
  })
}

/** The bodies of whole answers, in the order of the questions; of one without responders, nothing. */
function answersIn(text: string): string[] {
  const found: string[] = []
  const heads = /^(?:MSG|HMSG) _INBOX\.mortar\.(\d+) 1 (?:(\d+) )?(\d+)\r\n/gm
  for (let head = heads.exec(text); head; head = heads.exec(text)) {
    const [line, id, headers, size] = head
    const from = head.index + line.length
    const end = from + Number(size)
    if (text.length < end + 2) break
    found[Number(id)] = text.slice(from + Number(headers ?? 0), end)
    heads.lastIndex = end + 2
  }
  return found
}

function namesIn(answer: string): readonly string[] {
  if (answer === '') return []
  return (JSON.parse(answer) as { readonly streams?: readonly string[] | null }).streams ?? []
}
