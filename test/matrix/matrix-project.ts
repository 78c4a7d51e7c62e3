import type { MatrixDocument } from '../../src/run/matrix/document.ts'
import { type Project, project, type Ran } from '../support/project.ts'

/** A project whose suite `mortar matrix` is run over. */
export interface MatrixProjectOptions {
  /** Source of the config's boundaries. */
  readonly boundaries: string
  /** More of the config: `matrix: { … },`. */
  readonly config?: string
  readonly packages?: readonly string[]
  /** The major version of vitest (default 5, which runs these tests). */
  readonly vitest?: 4 | 5
  readonly files: Readonly<Record<string, string>>
  /** How long a test of it may take; one that never ends takes that long (default 8000). */
  readonly testTimeoutMs?: number
  /** Called with what removes the project. */
  readonly after?: (close: () => void) => void
}

/** A stand-in for a payment gateway, started for all workers; `GATEWAY` is its address. */
const gateway = `import { createServer } from 'node:http'
import { once } from 'node:events'
export async function setup() {
  let charges = 0
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    const headers = { 'content-type': 'application/json' }
    if (request.method === 'POST') response.writeHead(201, headers).end(JSON.stringify({ id: 'ch_' + ++charges }))
    else response.writeHead(200, headers).end(JSON.stringify({ currency: 'eur' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.env.GATEWAY = 'http://127.0.0.1:' + server.address().port
  return () => { server.closeAllConnections(); server.close() }
}`

/** Makes a project with a gateway that is asked live at the boundary \`gateway\`. */
export function matrixProject({
  boundaries,
  config = '',
  packages = [],
  vitest = 5,
  files,
  testTimeoutMs = 8000,
  after,
}: MatrixProjectOptions): Project {
  return project({
    config: `import { http, mqtt, mysql, nats, postgres, rabbitmq, redis, webhook } from 'mortar'
export default { test: 'vitest run', ${config} boundaries: {
  gateway: http({ origin: process.env.GATEWAY ?? 'http://127.0.0.1:9', record: 'live' }), ${boundaries} } }`,
    files: {
      'gateway.mjs': gateway,
      'vitest.config.mjs': `import { mortar } from 'mortar/vitest'
export default { plugins: [mortar()], test: { globalSetup: ['./gateway.mjs'], testTimeout: ${testTimeoutMs} } }`,
      ...files,
    },
    packages: [vitest === 4 ? 'vitest-4' : 'vitest', ...packages],
    // A link to the repository would have its vitest beside that of the project.
    installed: vitest === 4,
    ...(after && { after }),
  })
}

/** Runs `mortar matrix --json`. */
export async function runMatrix(
  made: Project,
  ...args: readonly string[]
): Promise<{
  readonly ran: Ran
  readonly document: MatrixDocument
  verdicts(operation: string): Record<string, string>
}> {
  const ran = await made.mortar(['matrix', '--baseline', '2', '--json', ...args])
  if (!ran.stdout.startsWith('{')) throw new Error(ran.stdout + ran.stderr)
  const document = JSON.parse(ran.stdout) as MatrixDocument
  if (!Array.isArray(document.cells)) throw new Error(ran.stdout + ran.stderr)
  const verdicts = (operation: string): Record<string, string> =>
    Object.fromEntries(
      document.cells.filter((cell) => cell.operation === operation).map(({ fault, verdict }) => [fault, verdict]),
    )
  return { ran, document, verdicts }
}
