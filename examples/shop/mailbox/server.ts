import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** A mail as it arrived. */
export interface Mail {
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
}

/** Takes every mail and delivers none; each account that logs in has a mailbox of its own. */
export interface Mailbox {
  readonly smtpPort: number
  /** `GET /?account=NAME` lists the mails of an account. */
  readonly httpPort: number
  close(): Promise<void>
}

export async function openMailbox({ smtpPort = 0, httpPort = 0 } = {}): Promise<Mailbox> {
  const mails = new Map<string, Mail[]>()
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username }, _session, done) => done(null, { user: username ?? '' }),
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const account = String(session.user)
        const to = session.envelope.rcptTo.map(({ address }) => address)
        mails.set(account, [...(mails.get(account) ?? []), read(Buffer.concat(chunks).toString('utf8'), to)])
        done()
      })
    },
  })
  smtp.listen(smtpPort, '127.0.0.1')
  const http = createServer((request, response) => {
    const account = new URL(request.url ?? '/', 'http://mailbox').searchParams.get('account') ?? ''
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(mails.get(account) ?? []))
  }).listen(httpPort, '127.0.0.1')
  await Promise.all([once(smtp.server, 'listening'), once(http, 'listening')])
  return {
    smtpPort: (smtp.server.address() as AddressInfo).port,
    httpPort: (http.address() as AddressInfo).port,
    async close() {
      http.closeAllConnections()
      await Promise.all([
        new Promise<void>((done) => smtp.close(() => done())),
        new Promise((done) => http.close(done)),
      ])
    },
  }
}

function read(raw: string, to: readonly string[]): Mail {
  const [head = '', ...text] = raw.split('\r\n\r\n')
  const [, subject = ''] = /^subject: (.*)$/im.exec(head) ?? []
  return { to, subject, text: text.join('\n\n').replaceAll('\r\n', '\n').trim() }
}
