import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MortarError } from '../../src/core/errors.ts'
import type { Json } from '../../src/core/json.ts'
import { readContract } from '../../src/protocols/http/contract.ts'
import { ApiError } from '../../src/run/fault-proxy/api-error.ts'
import { readProxies } from '../../src/run/fault-proxy/read-proxy.ts'
import { readCompose } from '../../src/run/init/read-compose.ts'
import { readOpenApi } from '../../src/run/init/read-openapi.ts'
import { readPackage } from '../../src/run/init/read-package.ts'
import { loadConfig } from '../../src/run/load-config.ts'
import { acceptedFile, readAccepted } from '../../src/run/matrix/keep-accepted.ts'
import { readComposeFile } from '../../src/services/compose-file.ts'
import { countOfPlaces, inEachPlace } from '../support/odd-values.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const finding = { boundary: 'b', operation: 'o', fault: 'f', verdict: 'v', sentence: 's', key: 'k', site: 'a:1' }
const compose = {
  services: {
    db: {
      image: 'postgres:${VERSION:-15}',
      environment: { POSTGRES_PASSWORD: 'p', URL: 'postgres://u@db:5432/x' },
      command: ['-c', 'fsync=off'],
      ports: ['5432:5432', { published: '5433', target: 5432 }],
    },
    cache: { image: 'redis', environment: ['A=b', 'URL=redis://cache:6379'], command: 'redis-server --port 1' },
  },
}
const openApi = {
  openapi: '3.0.0',
  info: { title: 't' },
  servers: [{ url: 'https://{host}.a.test/v1', variables: { host: { default: 'h' } } }],
  host: 'a.test',
  schemes: ['http'],
  basePath: '/v1',
  paths: { '/a/{b}': { get: { responses: {} }, post: {} } },
}

/** Documents that a project has, and who reads them. */
const documents: Readonly<
  Record<string, readonly [document: unknown, read: (text: string, folder: string) => unknown]>
> = {
  'package.json': [
    {
      name: 'n',
      type: 'module',
      scripts: { test: 'vitest run' },
      dependencies: { pg: '8', stripe: '1' },
      devDependencies: { ioredis: '1' },
    },
    (text) => readPackage(text, 'package.json'),
  ],
  'Compose file, read by `mortar init`,': [compose, (text) => readCompose(text, 'compose.yaml')],
  'Compose file, read for what is to be started,': [
    compose,
    (text, folder) => readComposeFile(fileIn(folder, 'compose.yaml', text), { VERSION: '16' }),
  ],
  'OpenAPI file, read by `mortar init`,': [openApi, (text) => readOpenApi(text, 'openapi.json')],
  'OpenAPI file, read as a contract,': [
    openApi,
    (text) => {
      const { operationOf } = readContract(JSON.parse(text) as Json)
      operationOf('GET', 'https://a.test/v1/a/1')
    },
  ],
  'file of accepted findings': [
    { version: 1, findings: [{ ...finding, reason: 'r' }, finding] },
    (text, folder) => readAccepted(fileIn(folder, acceptedFile, text)),
  ],
  'file of proxies': [
    [
      {
        name: 'p',
        listen: '127.0.0.1:0',
        upstream: '127.0.0.1:5432',
        enabled: true,
        protocol: 'postgres',
        toxics: [
          { name: 'a', type: 'latency', stream: 'upstream', toxicity: 0.5, attributes: { latency: 1, jitter: 1 } },
          { type: 'sqlstate', attributes: { code: '40001', match: { operation: '/x/i', effect: true, nth: 1 } } },
        ],
      },
      { name: 'q', upstream: 'a:1' },
    ],
    (text) => readProxies(JSON.parse(text) as Json),
  ],
}

function fileIn(folder: string, name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return folder
}

test.each(Object.keys(documents))('each odd value in each place of a %s is read or refused', async (name) => {
  const [document, read] = documents[name]!
  const folder = temporaryFolder()
  const readOrRefused = async (changed: unknown): Promise<void> => {
    try {
      await read(JSON.stringify(changed), folder)
    } catch (error) {
      if (!MortarError.is(error) && !(error instanceof ApiError)) throw error
    }
  }
  await read(JSON.stringify(document), folder)
  expect(countOfPlaces(document)).toBeGreaterThanOrEqual(10)
  await inEachPlace(document, readOrRefused)
})

test('each odd value in each place of a config is taken or refused with a code', async () => {
  const directory = temporaryFolder()
  // An export that changes: a module is loaded once only.
  writeFileSync(
    join(directory, 'mortar.config.mjs'),
    `export let config = {}\nexport { config as default }\nglobalThis.setConfig = (value) => void (config = value)\n`,
  )
  await loadConfig({ directory, env: {} })
  const { setConfig } = globalThis as unknown as { readonly setConfig: (config: unknown) => void }
  const service = { protocol: 'postgres', version: '15', settings: { fsync: 'off' }, env: 'URL', graceMs: 5 }
  const config = {
    test: 'npm test',
    boundaries: {
      github: {
        protocol: 'http',
        origin: 'https://api.github.com',
        aliases: ['https://b.test:1'],
        owner: 'o',
        risk: 'high',
        port: 8080,
        refreshEvery: '7d',
        pace: 2,
        match: { headers: ['a'], ignore: ['b'], body: 'meaning' },
      },
      db: { ...service, migrations: { command: ['a'], inputs: ['b'] }, seed: { t: [{ a: 1 }] }, volume: { t: 5 } },
      hook: { protocol: 'webhook', path: '/h', signature: { scheme: 'stripe', secretEnv: 'S' } },
    },
    redact: { headers: ['a'], paths: { token: '$.a[*].b' }, allow: ['x'], entropy: true },
    matrix: {
      allow: [{ boundary: 'db', fault: 'reply lost', reason: 'r', until: '2030-01-01' }],
      budget: '60s',
      memory: '1GiB',
      exclude: ['a'],
      env: ['B'],
    },
    findings: { ignore: [{ code: 'n-plus-one', reason: 'r' }], fail: [] },
  }
  const takenOrRefused = async (changed: unknown): Promise<unknown> => {
    setConfig(changed)
    try {
      return await loadConfig({ directory, env: {} })
    } catch (error) {
      if (!MortarError.is(error)) throw error
      return error
    }
  }
  expect(countOfPlaces(config)).toBeGreaterThan(50)
  expect(await takenOrRefused(config)).toMatchObject({ test: 'npm test' })
  await inEachPlace(config, takenOrRefused)
  const endless: Record<string, unknown> = {}
  endless['test'] = endless
  for (const odd of [{ constructor: 1 }, { toString: 1 }, { test: 1n }, endless, { test: Symbol('a') }]) {
    expect(MortarError.is(await takenOrRefused(odd))).toBe(true)
  }
})
