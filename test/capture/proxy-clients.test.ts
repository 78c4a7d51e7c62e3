import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Certificates, openCertificates } from '../../src/engine/certificates.ts'
import { proxyEnvironment } from '../../src/engine/proxy-environment.ts'
import type { ProxyRequest } from '../../src/engine/proxy-request.ts'
import { openProxy, type Proxy } from '../../src/engine/proxy.ts'
import { createStandIn, runCommand, type StandIn, temporaryFolder } from './support/stand-in.ts'

const cleanUps: (() => Promise<void>)[] = []
let folder: string
let certificates: Certificates

beforeAll(async () => {
  folder = await temporaryFolder((work) => void cleanUps.push(work))
  certificates = await openCertificates(join(folder, '.mortar/ca'))
})
afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp()
})

interface World extends StandIn {
  readonly proxy: Proxy
  readonly routed: ProxyRequest[]
  readonly warnings: string[]
  readonly env: Record<string, string>
}

async function openWorld(alpn?: string[]): Promise<World> {
  const standIn = createStandIn()
  const routed: ProxyRequest[] = []
  const warnings: string[] = []
  const proxy = await openProxy({
    certificates,
    route: (request) => {
      routed.push(request)
      return { serve: standIn.serve, ...(alpn && { alpn }) }
    },
    onWarning: (code, message) => warnings.push(`${code} ${message}`),
  })
  onTestFinished(() => proxy.close())
  const env = await proxyEnvironment({ proxyUrl: proxy.url, credential: 'worker-1', certificates, env: {} })
  return { ...standIn, proxy, routed, warnings, env }
}

describe('curl', () => {
  test('reaches a served https host with nothing but the environment', async () => {
    const world = await openWorld()
    const outcome = await runCommand('curl', ['-sS', '--http1.1', 'https://api.example.test/items?page=2'], world.env)
    expect(outcome).toEqual({ code: 0, stdout: 'answered https://api.example.test /items?page=2', stderr: '' })
    expect(world.seen[0]).toMatchObject({ version: '1.1', headers: { host: 'api.example.test' } })
    expect(world.routed).toEqual([{ host: 'api.example.test', port: 443, scheme: 'https', credential: 'worker-1' }])
    expect(world.warnings).toEqual([])
  })

  test('speaks HTTP/2 to a served host', async () => {
    const world = await openWorld()
    const outcome = await runCommand('curl', ['-sS', '--http2', 'https://api.example.test:8443/a'], world.env)
    expect(outcome.stdout).toBe('answered https://api.example.test:8443 /a')
    expect(world.seen[0]?.version).toBe('2.0')
  })

  test('speaks HTTP/1.1 where the decision offers nothing else', async () => {
    const world = await openWorld(['http/1.1'])
    await runCommand('curl', ['-sS', '--http2', 'https://api.example.test/a'], world.env)
    expect(world.seen[0]?.version).toBe('1.1')
  })

  test('accepts the certificate of an address', async () => {
    const world = await openWorld()
    const outcome = await runCommand(
      'curl',
      ['-sS', '--http1.1', 'https://192.0.2.7/a', 'https://[2001:db8::7]/b'],
      world.env,
    )
    expect(outcome.stderr).toBe('')
    expect(outcome.stdout).toBe('answered https://192.0.2.7 /aanswered https://[2001:db8::7] /b')
  })

  test('sends plain http in absolute form, without the lines meant for the proxy', async () => {
    const world = await openWorld()
    const body = join(folder, 'body')
    await writeFile(body, 'x'.repeat(200_000))
    const outcome = await runCommand(
      'curl',
      ['-sS', '-d', `@${body}`, 'http://plain.example.test:8080/items'],
      world.env,
    )
    expect(outcome.stdout).toBe('answered http://plain.example.test:8080 http://plain.example.test:8080/items')
    expect(world.seen[0]).toMatchObject({ method: 'POST', headers: { 'content-length': '200000' } })
    expect(Object.keys(world.seen[0]!.headers).filter((name) => name.startsWith('proxy-'))).toEqual([])
    expect(world.routed[0]?.credential).toBe('worker-1')
  })

  test('changes hosts on one plain connection, each request naming its own', async () => {
    const world = await openWorld()
    const outcome = await runCommand(
      'curl',
      ['-sS', 'http://one.example.test/a', 'http://two.example.test/b'],
      world.env,
    )
    expect(outcome.code).toBe(0)
    expect(world.routed.map(({ host }) => host)).toEqual(['one.example.test'])
    expect(world.seen.map(({ url }) => url)).toEqual(['http://one.example.test/a', 'http://two.example.test/b'])
  })

  test('keeps hosts of https apart, each with its own certificate', async () => {
    const world = await openWorld()
    const urls = ['https://one.example.test/a', 'https://two.example.test/b', 'https://one.example.test/c']
    const outcome = await runCommand('curl', ['-sS', ...urls], world.env)
    expect(outcome.stderr).toBe('')
    expect(world.seen.map(({ origin, url }) => origin + url)).toEqual(urls)
    expect(world.routed).toHaveLength(2)
  })

  test('tunnels plain http where it is told to', async () => {
    const world = await openWorld()
    const outcome = await runCommand('curl', ['-sS', '--proxytunnel', 'http://plain.example.test:8080/a'], world.env)
    expect(outcome.stdout).toBe('answered http://plain.example.test:8080 /a')
    expect(world.routed.map(({ scheme }) => scheme)).toEqual(['https', 'http'])
  })
})

const python = `
import sys, urllib.request
for url in sys.argv[1:]:
    print(urllib.request.urlopen(url, timeout=10).read().decode())
`

test("Python's urllib reaches http and https hosts with nothing but the environment", async () => {
  const world = await openWorld()
  const urls = ['https://api.example.test/a', 'http://api.example.test/b']
  const outcome = await runCommand('/usr/bin/env', ['python3', '-c', python, ...urls], world.env)
  expect(outcome.stderr).toBe('')
  expect(outcome.stdout.trim().split('\n')).toEqual([
    'answered https://api.example.test /a',
    'answered http://api.example.test http://api.example.test/b',
  ])
  expect(world.routed.map(({ credential }) => credential)).toEqual(['worker-1', 'worker-1'])
})

test('Python that is strict about X.509 accepts the certificates', async () => {
  const world = await openWorld()
  const program = join(folder, 'strict.py')
  await writeFile(
    program,
    `
import ssl, sys, urllib.request
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
print(urllib.request.urlopen(sys.argv[1], timeout=10, context=context).status)
`,
  )
  const outcome = await runCommand('/usr/bin/env', ['python3', program, 'https://api.example.test/a'], world.env)
  expect(outcome).toMatchObject({ code: 0, stdout: '200\n' })
})

const node = `
import http from 'node:http'
import https from 'node:https'
const [tls, plain] = process.argv.slice(1)
console.log(await (await fetch(tls)).text())
console.log(await (await fetch(plain)).text())
for (const [client, url] of [[https, tls], [http, plain]])
  console.log(await new Promise((resolve, reject) =>
    client.get(url, (response) => response.setEncoding('utf8').on('data', resolve)).on('error', reject)))
`

test('Node reaches http and https hosts with fetch and http.request', async () => {
  const world = await openWorld()
  const urls = ['https://api.example.test/a', 'http://api.example.test/b']
  const outcome = await runCommand(process.execPath, ['--input-type=module', '-e', node, ...urls], world.env)
  expect(outcome.stderr).toBe('')
  const answers = outcome.stdout.trim().split('\n')
  expect(answers.filter((line) => line === 'answered https://api.example.test /a')).toHaveLength(2)
  expect(answers).toHaveLength(4)
  expect(new Set(world.routed.map(({ credential }) => credential))).toEqual(new Set(['worker-1']))
})

test('hosts of this machine stay direct', async () => {
  const world = await openWorld()
  const outcome = await runCommand('curl', ['-sS', 'http://127.0.0.1:1/a'], world.env)
  expect(outcome.code).toBe(7)
  expect(world.routed).toEqual([])
})
