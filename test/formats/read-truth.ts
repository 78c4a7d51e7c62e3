import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Exchange } from '../../src/core/exchange.ts'
import type { Format, Imported, Loss } from '../../src/formats/format.ts'
import { detectFormat } from '../../src/formats/formats.ts'
import type { HeaderList, HttpQuestion, HttpReply } from '../../src/protocols/http/message.ts'
import { startLoopbackTruth, type Truth } from './loopback-truth.ts'

type Http = Exchange<HttpQuestion, HttpReply>

/** What a real tool recorded of the loopback service, imported, and what the service really saw and sent. */
export interface RealRecording {
  readonly origin: string
  readonly truths: readonly Truth[]
  readonly format: Format['name'] | undefined
  readonly imported: Imported
  readonly exchanges: readonly Http[]
  readonly text: string
}

/** True when the command runs and succeeds; says on stderr what is skipped when it does not. */
export function isInstalled(what: string, command: string, args: readonly string[]): boolean {
  const found = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!found) process.stderr.write(`SKIPPED: tests with real recordings of ${what}, because it is not installed here\n`)
  return found
}

/**
 * Lets a real tool record the loopback service and imports the file.
 *
 * @param command - Program and arguments, given the origin of the service, the file to write and an empty folder.
 */
export async function recordForReal(
  file: string,
  command: (origin: string, output: string, folder: string) => readonly [string, ...string[]],
): Promise<RealRecording> {
  const folder = mkdtempSync(join(tmpdir(), 'mortar-formats-'))
  const server = await startLoopbackTruth()
  try {
    const output = join(folder, file)
    await run(command(server.origin, output, folder))
    const text = readFileSync(output, 'utf8')
    const format = detectFormat(text, file)
    const source = { path: file, modifiedAt: 1234, boundary: () => 'loopback' }
    const imported = (await format?.read(text, source)) ?? { groups: [], losses: [] }
    expect(await format?.read(text, source)).toEqual(imported)
    const exchanges = imported.groups.flatMap((group) => group.exchanges)
    return { origin: server.origin, truths: server.answered, format: format?.name, imported, exchanges, text }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function run([program, ...args]: readonly [string, ...string[]]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${errors}`)),
    )
  })
}

/** The body of the answer. */
export function answerBody(exchange: Http | undefined): Buffer {
  return Buffer.concat(
    (exchange?.messages ?? []).flatMap(({ message }) => (message.type === 'data' ? [message.bytes] : [])),
  )
}

/** Status and headers of the answer, names in lower case and sorted, since most tools keep neither case nor order. */
export function answerHead(exchange: Http | undefined): { status: number; headers: string[] } {
  const head = exchange?.messages.map(({ message }) => message).find((message) => message.type === 'head')
  return head?.type === 'head' ? { status: head.status, headers: comparable(head.headers) } : { status: 0, headers: [] }
}

/** Headers as sorted `name: value` lines. */
export function comparable(headers: HeaderList): string[] {
  return headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`).sort()
}

/** Compares one imported exchange with what the service saw and sent. */
export function expectTruth(exchange: Http | undefined, truth: Truth | undefined, origin: string): void {
  expect(exchange?.question.method).toBe(truth?.method)
  expect(exchange?.question.url).toBe(`${origin}${truth?.path}`)
  expect(Buffer.from(exchange?.question.body ?? []).toString('hex')).toBe(truth?.requestBody.toString('hex'))
  expect(answerHead(exchange)).toEqual({ status: truth?.status, headers: comparable(truth?.headers ?? []) })
  expect(answerBody(exchange).toString('hex')).toBe(truth?.body.toString('hex'))
}

/** `count what`, for comparing lists of losses at a glance. */
export function lossLines(losses: readonly Loss[]): string[] {
  return losses.map(({ count, what }) => `${count} ${what}`)
}
