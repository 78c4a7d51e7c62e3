import { createServer } from 'node:net'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { answerHeaders, makeExchanges } from './exchanges.ts'
import { temporaryFolder } from './project.ts'

/** A running WireMock. */
export interface WireMock {
  readonly port: number
  end(): Promise<void>
}

/** Starts WireMock without journal and request log, with a mapping file for each GET. Needs `java`. */
export async function startWireMock(count: number): Promise<WireMock> {
  const folder = temporaryFolder('wiremock')
  mkdirSync(join(folder, 'mappings'))
  for (const [i, { method, path, answer }] of makeExchanges(count).entries()) {
    if (method !== 'GET') continue
    const headers = { ...answerHeaders, 'content-length': String(Buffer.byteLength(answer)) }
    const mapping = { request: { method, urlPath: path }, response: { status: 200, body: answer, headers } }
    writeFileSync(join(folder, 'mappings', `${i}.json`), JSON.stringify(mapping))
  }
  const port = await freePort()
  const jar = join(import.meta.dirname, 'node_modules', 'wiremock', 'build', 'wiremock-standalone-3.13.2.jar')
  const options = ['--port', String(port), '--bind-address', '127.0.0.1', '--root-dir', folder]
  const quiet = ['--no-request-journal', '--disable-banner', '--disable-request-logging']
  const child = spawn('java', ['-jar', jar, ...options, ...quiet], { stdio: 'ignore' })
  const stop = (): void => void child.kill('SIGKILL')
  process.on('exit', stop)
  await ready(child, port)
  return {
    port,
    async end() {
      process.off('exit', stop)
      const gone = once(child, 'exit')
      stop()
      await gone
    },
  }
}

async function ready(child: ChildProcess, port: number): Promise<void> {
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  const url = `http://127.0.0.1:${port}${makeExchanges(1)[0]?.path}`
  for (const end = performance.now() + 60_000; performance.now() < end && !failure;) {
    if (child.exitCode !== null) break
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('WireMock did not start', { cause: failure })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
