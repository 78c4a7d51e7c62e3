import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { optionalPackage } from '../support/optional-package.ts'

/** Whether Pact's own verifier is installed. */
export const hasVerifier: boolean = optionalPackage('@pact-foundation/pact') !== undefined

/** Has Pact's own verifier ask a provider what a file says. */
export interface PactVerifier {
  /**
   * @param messages - What is published, by the description of its interaction.
   * @returns What it has to complain of; empty when nothing.
   */
  verify(pact: unknown, provider: RequestListener, messages?: Readonly<Record<string, unknown>>): Promise<string>
}

let serial = 0

/** Starts it for the tests of one file. */
export function useVerifier(): PactVerifier {
  if (!hasVerifier) return { verify: () => Promise.reject(new Error('the verifier is not installed')) }
  const folder = mkdtempSync(join(tmpdir(), 'pact-'))
  const child = fork(new URL('verifier.fixture.ts', import.meta.url), {
    env: { ...process.env, PACT_DO_NOT_TRACK: 'true' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  // Each question waits for its own answer, or for this.
  child.setMaxListeners(0)
  afterAll(() => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    async verify(pact, provider, messages = {}) {
      const id = ++serial
      const file = join(folder, `${id}.json`)
      writeFileSync(file, JSON.stringify(pact))
      const server = createServer(provider).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const providerBaseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const said = new Promise<string>((resolve, reject) => {
        child.once('exit', () => reject(new Error('the verifier ended')))
        child.on('message', function hear(told) {
          const { id: of, complaint } = told as { readonly id: number; readonly complaint: string }
          if (of !== id) return
          child.off('message', hear)
          resolve(complaint)
        })
      })
      child.send({ id, messages, options: { providerBaseUrl, pactUrls: [file], logLevel: 'error' } })
      try {
        return await said
      } finally {
        server.closeAllConnections()
        server.close()
      }
    },
  }
}

/** A provider that always answers the same. */
export function answering(body: unknown, status = 200): RequestListener {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
  }
}
