import { openCertificates } from '../src/engine/certificates.ts'
import { startChild } from './child.ts'
import { addressOf, loadInTurn, loadTable, portOf } from './listener.ts'
import { cli, makeProject, program, temporaryFolder, withService } from './project.ts'
import { ratio, verdict } from './table.ts'

/** HTTPS through a proxy that decrypts and passes on, journal on, compared with HTTPS without one. */
export async function tlsProxy(rounds: number, progress: (text: string) => void): Promise<string> {
  const count = 10
  const { authority, ...tls } = await serviceCertificate()
  return withService({ count, tls }, async (port) => {
    const service = { host: 'localhost', port, tls: true }
    const project = makeProject({ origin: `https://localhost:${port}`, record: 'live' })
    const names = ['direct', 'mortar, live', 'mockttp, passing through', "node's server and client"] as const
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
      [names[3]]: async () => {
        const target = portOf(await startChild({ args: [program('bare-proxy'), JSON.stringify({ port, tls })] }))
        return { ...target, load: { ...target.load, tls: true } }
      },
    })
    const ours = samples.median(names[1])
    const direct = samples.median(names[0])
    const bare = samples.median(names[3])
    return [
      loadTable(names, samples),
      [
        verdict('TLS proxy: mortar ÷ direct', ours && direct && ours / direct, 0.3, 'high'),
        `- for comparison: mortar ÷ node's server and client: ${ratio(ours, bare)}, those ÷ direct: ${ratio(bare, direct)}`,
        ...failures,
      ].join('\n'),
    ].join('\n\n')
  })
}

/** A certificate for `localhost`, by Mortar's own authority, and the path of that authority's certificate. */
async function serviceCertificate(): Promise<{ key: string; cert: string; authority: string }> {
  const certificates = await openCertificates(temporaryFolder('authority'))
  return { ...(await certificates.leaf('localhost')), authority: certificates.caPath }
}
