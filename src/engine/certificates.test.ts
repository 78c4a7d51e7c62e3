import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { openCertificates } from './certificates.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mortar-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
const serial = async (name = 'ca.pem'): Promise<string> => new X509Certificate(await read(name)).serialNumber

describe('the authority', () => {
  test('is made once, with a key for its owner alone, and kept out of version control', async () => {
    const first = await openCertificates(folder)
    const second = await openCertificates(folder)
    expect(second.ca).toBe(first.ca)
    expect(first.caPath).toBe(join(folder, 'ca.pem'))
    expect((await stat(join(folder, 'ca-key.pem'))).mode & 0o777).toBe(0o600)
    expect(await read('.gitignore')).toBe('*\n')
    expect(new X509Certificate(first.ca).ca).toBe(true)
  })

  test('is the same for processes that make it at the same moment', async () => {
    const module = new URL('certificates.ts', import.meta.url).href
    const program = `import { openCertificates } from '${module}'
      process.stdout.write((await openCertificates(process.argv[1])).ca)`
    const start = async (): Promise<string> => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], { stdio: 'pipe' })
      const [out] = await Promise.all([text(child.stdout), once(child, 'close')])
      return out
    }
    const made = await Promise.all(Array.from({ length: 6 }, start))
    expect(new Set(made)).toEqual(new Set([await read('ca.pem')]))
  })

  test('is renewed before it expires', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 720 * 86_400_000 })
    onTestFinished(() => void vi.useRealTimers())
    await openCertificates(folder)
    const old = await serial()
    vi.useRealTimers()
    await openCertificates(folder)
    expect(await serial()).not.toBe(old)
  })

  test.each([
    ['cut off', async () => writeFile(join(folder, 'ca.pem'), (await read('ca.pem')).slice(0, 100))],
    ['without its key', () => rm(join(folder, 'ca-key.pem'))],
  ])('is made anew when it is %s', async (_name, damage) => {
    const { ca } = await openCertificates(folder)
    await damage()
    const again = await openCertificates(folder)
    expect(again.ca).not.toBe(ca)
    expect(await read('ca.pem')).toBe(again.ca)
  })

  test('does not wait for a process that died while it made one', async () => {
    const module = new URL('../files/lock.ts', import.meta.url).href
    const program = `import { withLock } from '${module}'
      withLock(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, join(folder, 'ca.lock')])
    await once(child, 'close')
    // However long one waits, it does not get old.
    const later = new Date(Date.now() + 3_600_000)
    await utimes(join(folder, 'ca.lock'), later, later)
    await openCertificates(folder)
  })

  test('does not wait for a lock nobody has touched for long', async () => {
    await writeFile(join(folder, 'ca.lock'), '')
    await utimes(join(folder, 'ca.lock'), 0, 0)
    await openCertificates(folder)
  })

  test('that cannot be kept is a coded error', async () => {
    await writeFile(join(folder, 'file'), '')
    const opening = openCertificates(join(folder, 'file', 'ca'))
    await expect(opening).rejects.toMatchObject({ code: 'MORTAR_CA_UNUSABLE' })
  })

  test.skipIf(process.getuid?.() === 0)('in a folder that cannot be written is a coded error', async () => {
    await mkdir(join(folder, 'ca'))
    await chmod(join(folder, 'ca'), 0o500)
    await expect(openCertificates(join(folder, 'ca'))).rejects.toMatchObject({ code: 'MORTAR_CA_UNUSABLE' })
  })
})

describe('a certificate for a host', () => {
  test.each([
    ['api.example.test', 'DNS:api.example.test'],
    ['192.0.2.7', 'IP Address:192.0.2.7'],
    ['127.0.0.1', 'IP Address:127.0.0.1, DNS:localhost'],
    ['2001:db8::7', 'IP Address:2001:DB8:0:0:0:0:0:7'],
    [`${'long.'.repeat(20)}test`, `DNS:${'long.'.repeat(20)}test`],
  ])('is signed by the authority: %s', async (host, name) => {
    const certificates = await openCertificates(folder)
    const leaf = new X509Certificate((await certificates.leaf(host)).cert)
    expect(leaf.subjectAltName).toBe(name)
    expect(leaf.verify(new X509Certificate(certificates.ca).publicKey)).toBe(true)
    expect(leaf.ca).toBe(false)
  })

  test('is signed once, whatever the case of its name', async () => {
    const certificates = await openCertificates(folder)
    const contexts = await Promise.all(['a.test', 'A.test', 'a.TEST'].map((host) => certificates.context(host)))
    expect(new Set(contexts).size).toBe(1)
  })
})

describe('the environment', () => {
  test('adds the authority to what programs trust', async () => {
    const certificates = await openCertificates(folder)
    const bundle = join(folder, 'bundle.pem')
    expect(await certificates.environment({})).toEqual({
      NODE_EXTRA_CA_CERTS: certificates.caPath,
      SSL_CERT_FILE: bundle,
      REQUESTS_CA_BUNDLE: bundle,
      CURL_CA_BUNDLE: bundle,
    })
    const all = await read('bundle.pem')
    expect(all).toContain(certificates.ca.trim())
    expect(all.match(/BEGIN/g)!.length).toBeGreaterThan(100)
  })

  test("keeps the user's own authorities, in files of their own", async () => {
    const certificates = await openCertificates(folder)
    const corporate = (await openCertificates(join(folder, 'corporate'))).ca
    const path = join(folder, 'corporate/ca.pem')
    const environment = await certificates.environment({ REQUESTS_CA_BUNDLE: path, NODE_EXTRA_CA_CERTS: path })
    const bundle = await readFile(environment['CURL_CA_BUNDLE']!, 'utf8')
    expect(environment['SSL_CERT_FILE']).not.toBe(join(folder, 'bundle.pem'))
    expect(bundle).toContain(corporate.trim())
    expect(bundle).toContain(certificates.ca.trim())
    expect(await readFile(environment['NODE_EXTRA_CA_CERTS']!, 'utf8')).toBe(corporate + certificates.ca)
  })

  test('is the same when it is made from itself', async () => {
    const certificates = await openCertificates(folder)
    const once = await certificates.environment({})
    expect(await certificates.environment(once)).toEqual(once)
  })

  test('passes over a file that is not there', async () => {
    const certificates = await openCertificates(folder)
    const environment = await certificates.environment({ SSL_CERT_FILE: '/nothing/here.pem' })
    expect(environment['SSL_CERT_FILE']).toBe(join(folder, 'bundle.pem'))
  })
})

test('the certificate library leaves no trace on the global Reflect', async () => {
  await openCertificates(folder)
  expect(Object.keys(Reflect)).toEqual([])
  expect('getMetadata' in Reflect).toBe(false)
})
