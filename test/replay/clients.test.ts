import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { awkwardServer } from '../support/awkward-service.ts'
import { everydayService } from '../support/everyday-service.ts'
import { printedJson, project, type Ran, type RunOptions } from '../support/project.ts'
import { listening, upstream } from '../support/upstream.ts'

type Door = 'in-process' | 'listener' | 'proxy'

/** How a client is run: plainly, with its calls answered in its own process, or from the outside. */
interface Client {
  readonly file: string
  readonly command?: string
  readonly doors: readonly Door[]
}

const clients: readonly Client[] = [
  { file: 'fetch.fixture.mjs', doors: ['in-process', 'proxy'] },
  { file: 'undici.fixture.mjs', doors: ['in-process', 'listener'] },
  { file: 'http.fixture.mjs', doors: ['in-process'] },
  // Axios and Stripe bring agents of their own, which no proxy variable reaches.
  { file: 'axios.fixture.mjs', doors: ['in-process', 'listener'] },
  { file: 'got.fixture.mjs', doors: ['in-process'] },
  { file: 'octokit.fixture.mjs', doors: ['in-process', 'proxy'] },
  { file: 'stripe.fixture.mjs', doors: ['in-process', 'listener'] },
  { file: 'websocket.fixture.mjs', doors: ['in-process'] },
  { file: 'urllib.fixture.py', command: 'python3', doors: ['proxy'] },
  { file: 'curl.fixture.sh', command: 'sh', doors: ['proxy'] },
]

const cases = clients.flatMap(({ file, command = 'node', doors }) => doors.map((door) => ({ file, command, door })))

describe.concurrent('a real client works unchanged', () => {
  it.for(cases)('$file through $door', async ({ file, command, door }, { onTestFinished: after }) => {
    const service = file.startsWith('websocket')
      ? await listening(awkwardServer(), { after })
      : await upstream(everydayService(), { after })
    const sample = project({ after })
    const secure = await upstream(everydayService(), { after, tls: sample.directory })
    sample.write(
      'mortar.config.mjs',
      `import { http } from 'mortar'
      export default { boundaries: {
        plain: http({ origin: '${service.origin}'${door === 'listener' ? ", env: 'BASE'" : ''} }),
        secure: http({ origin: '${secure.origin}' }),
      } }`,
    )
    const program = join(import.meta.dirname, 'clients', file)
    const run = (by: Door | undefined, env: Record<string, string>): Promise<Ran> => {
      const options: RunOptions = { env: { BASE: service.origin, SECURE: secure.origin, ...env } }
      if (by === 'in-process') return sample.node(['--import', 'mortar/register', program], options)
      if (by) return sample.mortar(['run', '--', command, program], options)
      return sample.start(command, [program], options).ended
    }
    const trust = { NODE_EXTRA_CA_CERTS: secure.caPath!, SSL_CERT_FILE: secure.caPath!, CURL_CA_BUNDLE: secure.caPath! }
    const truth = printedJson(await run(undefined, trust))
    const recorded = printedJson(await run(door, { ...trust, MORTAR_RECORD: 'all' }))
    await Promise.all([service.close(), secure.close()])
    const replayed = await run(door, { MORTAR_RECORD: 'none' })
    expect(recorded).toEqual(truth)
    expect(printedJson(replayed)).toEqual(truth)
    expect(replayed.code).toBe(0)
  })
})
