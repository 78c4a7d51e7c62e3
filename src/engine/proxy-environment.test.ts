import { expect, test } from 'vitest'
import type { Certificates } from './certificates.ts'
import { proxyEnvironment, type ProxyEnvironmentOptions } from './proxy-environment.ts'

const certificates = { environment: async () => ({ NODE_EXTRA_CA_CERTS: '/ca.pem' }) } as unknown as Certificates

function environment(more: Partial<ProxyEnvironmentOptions> = {}): Promise<Record<string, string>> {
  return proxyEnvironment({ proxyUrl: 'http://127.0.0.1:4000', certificates, env: {}, ...more })
}

test('sends http and https through the proxy, with a credential, and this machine past it', async () => {
  expect(await environment({ credential: 'worker 1' })).toMatchObject({
    HTTP_PROXY: 'http://worker%201:mortar@127.0.0.1:4000',
    https_proxy: 'http://worker%201:mortar@127.0.0.1:4000',
    NO_PROXY: 'localhost,127.0.0.1,::1',
    no_proxy: 'localhost,127.0.0.1,::1',
    NODE_USE_ENV_PROXY: '1',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
  })
})

test("keeps the user's NO_PROXY, save where it would hide a boundary", async () => {
  const env = { NO_PROXY: '*,corp.test,.pay.test,localhost' }
  expect((await environment({ env, proxied: ['api.pay.test'] }))['NO_PROXY']).toBe('localhost,127.0.0.1,::1,corp.test')
})

test("hands the user's own proxies on for Mortar's connections, also through an inner run", async () => {
  const outer = await environment({ env: { HTTPS_PROXY: 'http://corp.test:3128', NO_PROXY: 'x.test' } })
  const inner = await environment({ env: outer })
  for (const made of [outer, inner])
    expect(made).toMatchObject({
      MORTAR_UPSTREAM_HTTP_PROXY: '',
      MORTAR_UPSTREAM_HTTPS_PROXY: 'http://corp.test:3128',
      MORTAR_UPSTREAM_NO_PROXY: 'x.test',
    })
})
