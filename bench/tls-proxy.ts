import { join } from 'node:path'
import { startChild } from './child.ts'
import { addressOf, loadInTurn, loadTable, portOf } from './listener.ts'
import { cli, dist, makeProject, program, temporaryFolder, withService } from './project.ts'
import { verdict } from './table.ts'

/** HTTPS through a proxy that decrypts and passes on, journal on, compared with HTTPS without one. */
export async function tlsProxy(rounds: number, progress: (text: string) => void): Promise<string> {
  const count = 10
  const { authority, ...tls } = await serviceCertificate()
  return withService({ count, tls }, async (port) => {
    const service = { host: 'localhost', port, tls: true }
    const project = makeProject({ origin: `https://localhost:${port}`, record: 'live' })
    const names = ['direct', 'mortar, live', 'mockttp, passing through'] as const
    const { samples, failures } = await loadInTurn('TLS proxy', rounds, count, progress, {
      [names[0]]: async () => ({ load: service, end: async () => {} }),
      [names[1]]: async () => {
        const child = await startChild({
          args: [cli, 'run', '--', process.execPath, program('hold')],
          cwd: project,
          env: { NODE_EXTRA_CA_CERTS: authority },
        })
        const { proxy } = child.said as { proxy: string }
        return { load: { ...service, proxy: addressOf(proxy) }, end: () => child.end() }
      },
      [names[2]]: async () => {
        const target = portOf(await startChild({ args: [program('mockttp'), JSON.stringify({ count, proxy: true })] }))
        return { ...target, load: { ...service, proxy: target.load } }
      },
    })
    const ours = samples.median(names[1])
    const direct = samples.median(names[0])
    return [
      loadTable(names, samples),
      [verdict('TLS proxy: mortar ÷ direct', ours && direct && ours / direct, 0.3, 'high'), ...failures].join('\n'),
    ].join('\n\n')
  })
}

/** A certificate for `localhost`, by Mortar's own authority, and the path of that authority's certificate. */
async function serviceCertificate(): Promise<{ key: string; cert: string; authority: string }> {
  const { openCertificates } = (await import(join(dist, 'engine', 'certificates.js'))) as {
    openCertificates(folder: string): Promise<{
      readonly caPath: string
      leaf(host: string): Promise<{ readonly key: string; readonly cert: string }>
    }>
  }
  const certificates = await openCertificates(temporaryFolder('authority'))
  return { ...(await certificates.leaf('localhost')), authority: certificates.caPath }
}
