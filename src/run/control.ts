import http from 'node:http'
import { isAbsolute, relative, sep } from 'node:path'
import { anyText } from '../core/any-value.ts'
import { type RecordMode, recordModes } from '../core/boundary.ts'
import { MortarError } from '../core/errors.ts'
import { openListener } from '../engine/listener.ts'
import type { OutsideWorker } from './outside-worker.ts'

/** What test code in any language can say to the run that it is part of. */
export interface ControlOptions {
  /** First segment of every path; only children of this run know it. */
  readonly token: string
  /** Project folder; the files of tests are named relative to it. */
  readonly directory: string
  /** The worker of that name; opened when it is new. */
  worker(name: string): Promise<OutsideWorker>
  environmentOf(worker: OutsideWorker): Promise<Record<string, string>>
}

/** An open control address. */
export interface Control {
  /** `http://127.0.0.1:40123`, without the token. */
  readonly url: string
  close(): Promise<void>
}

const maxBytes = 65_536

/**
 * Listens for `POST /<token>/worker`, `/<token>/test/start` and `/<token>/test/end`, JSON in and out, as
 * `docs/other-languages.md` describes.
 */
export async function openControl(options: ControlOptions): Promise<Control> {
  const server = http.createServer((request, response) => {
    answer(options, request).then(
      (body) => reply(response, 200, body),
      (error: unknown) => reply(response, 400, { error: describe(error) }),
    )
  })
  const listener = await openListener({
    purpose: 'the control address',
    onConnection: (client) =>
      new Promise((resolve) => {
        client.once('close', resolve)
        server.emit('connection', client)
      }),
  })
  return { url: `http://127.0.0.1:${listener.port}`, close: () => listener.close() }
}

async function answer(options: ControlOptions, request: http.IncomingMessage): Promise<object> {
  const [, token, ...path] = (request.url ?? '').split('/')
  if (token !== options.token) throw usage('the address', 'the value of MORTAR_CONTROL', 'another token')
  const body = await readJson(request)
  const worker = await options.worker(text(body, 'worker', process.env.MORTAR_WORKER ?? 'main'))
  switch (path.join('/')) {
    case 'worker':
      return { worker: worker.name, env: await options.environmentOf(worker) }
    case 'test/start': {
      const mode = text(body, 'record', '')
      if (mode !== '' && !(recordModes as readonly string[]).includes(mode)) {
        throw usage('`record`', `one of ${recordModes.join(', ')}`, mode)
      }
      const test = { file: fileOf(options.directory, text(body, 'file', '')), name: text(body, 'name') }
      const session = await worker.start(test, mode === '' ? undefined : (mode as RecordMode))
      const use = body['use']
      if (Array.isArray(use)) for (const cassette of use) session.use(anyText(cassette))
      return { worker: worker.name }
    }
    case 'test/end': {
      const failures = worker.session.failures.map((failure) => describe(failure))
      const result = await worker.end({ passed: body['passed'] === true })
      return { failures, saved: result.saved ?? null, exchanges: result.exchanges }
    }
    default:
      throw usage('the path', 'worker, test/start or test/end', path.join('/'))
  }
}

/** What the runners of other languages say is often the whole path. */
function fileOf(directory: string, file: string): string {
  return isAbsolute(file) ? relative(directory, file).split(sep).join('/') : file
}

async function readJson(request: http.IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw usage('the body', `at most ${maxBytes} bytes`, 'more')
    chunks.push(chunk)
  }
  const whole = Buffer.concat(chunks).toString('utf8')
  try {
    const value: unknown = whole === '' ? {} : JSON.parse(whole)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Said below.
  }
  throw usage('the body', 'a JSON object', whole.slice(0, 40))
}

function text(body: Record<string, unknown>, key: string, otherwise?: string): string {
  const value = body[key] ?? otherwise
  if (typeof value === 'string') return value
  throw usage(`\`${key}\``, 'a string', JSON.stringify(value) ?? 'nothing')
}

function usage(what: string, expected: string, seen: string): MortarError {
  return new MortarError('MORTAR_USAGE', `${what} is not valid`, {
    expected,
    seen,
    hint: 'See docs/other-languages.md.',
  })
}

function describe(error: unknown): object {
  if (MortarError.is(error)) return { code: error.code, message: error.reason, hint: error.hint }
  return { code: 'MORTAR_INTERNAL', message: anyText(error) }
}

function reply(response: http.ServerResponse, status: number, body: object): void {
  const bytes = JSON.stringify(body)
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) })
    .end(bytes)
}
