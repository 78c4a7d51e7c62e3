import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openCertificates } from '../engine/certificates.ts'
import { openProxy, type ProxyDecision } from '../engine/proxy.ts'
import { proxyEnvironment } from '../engine/proxy-environment.ts'
import type { ProxyRequest } from '../engine/proxy-request.ts'
import { joinOrigin, splitOrigin } from './address-book.ts'
import { openControl } from './control.ts'
import { childEnvironment } from './child-environment.ts'
import { openWorker, type OutsideWorker } from './outside-worker.ts'
import type { ProcessCell } from './matrix/process-cell.ts'
import type { RunContext } from './run-context.ts'

/** The doors for programs outside of this process: a listener per boundary and worker, and one proxy for all. */
export interface OutsideDoors {
  /** The environment of a child whose exchanges belong to the main worker. */
  readonly env: NodeJS.ProcessEnv
  /** Resolves when servers answer behind the addresses in it. @throws what starting and opening them throws */
  readonly answers: Promise<void>
  /** Closes every door and saves what was recorded. */
  close(outcome: { readonly passed: boolean; readonly stopped?: boolean }): Promise<void>
}

/** What the exchanges of a command belong to while no test has started. */
export interface OutsideOptions {
  /** Name of the cassette of what no test has claimed. */
  readonly cassette: string
  readonly env: NodeJS.ProcessEnv
  /** Set in a matrix: what goes wrong. */
  readonly cell?: ProcessCell | undefined
  /** Resolves when the server of a boundary answers; left out: all do. Until then whoever connects to it waits. */
  readonly answering?: ((boundary: string) => Promise<void>) | undefined
}

/** Opens the doors for a command and the workers that it may start. */
export async function openOutsideDoors(
  run: RunContext,
  { cassette, env, cell, answering }: OutsideOptions,
): Promise<OutsideDoors> {
  const joined = { ...env, MORTAR_RUN: run.directory, MORTAR_PROJECT: run.config.directory }
  const workers = new Map<string, OutsideWorker>()
  const main = await openWorker(run, {
    name: 'main',
    cassette,
    fixedPorts: true,
    env,
    cell,
    environmentOf,
    ...(answering && { answering }),
  })
  workers.set('main', main)
  const certificates = await openCertificates(join(run.config.directory, '.mortar', 'ca'))
  const proxy = await openProxy({
    certificates,
    route: (request) => route(run, byCredential(workers, request.credential) ?? main, request),
    onWarning: (code, message) => run.journal.write({ t: 'warning', at: Date.now(), code, message }, 'soon'),
  })
  const proxied = run.boundaries.flatMap(({ origins }) => origins.map((origin) => splitOrigin(origin).host))
  const token = randomBytes(12).toString('hex')
  const control = await openControl({
    token,
    directory: run.config.directory,
    worker: async (name) => {
      let worker = workers.get(name)
      if (!worker) {
        const own = `${cassette}-${name}`
        await main.answers
        worker = await openWorker(run, { name, cassette: own, fixedPorts: false, env, cell, environmentOf })
        workers.set(name, worker)
      }
      return worker
    },
    environmentOf: (worker) => variablesOf(worker),
  })

  async function variablesOf(worker: OutsideWorker): Promise<Record<string, string>> {
    const { credential, addresses } = worker
    const own = [...addresses, control.url.slice('http://'.length)]
    return {
      ...(await proxyEnvironment({ proxyUrl: proxy.url, credential, certificates, proxied, own, env })),
      ...worker.variables,
      MORTAR_CONTROL: `${control.url}/${token}`,
      MORTAR_WORKER: worker.name,
    }
  }

  async function environmentOf(worker: OutsideWorker): Promise<NodeJS.ProcessEnv> {
    return {
      ...childEnvironment(joined, await variablesOf(worker)),
      ...(run.config.file !== undefined && { MORTAR_CONFIG: run.config.file }),
    }
  }

  return {
    env: await environmentOf(main),
    answers: main.answers,
    async close(outcome) {
      await Promise.all([proxy.close(), control.close()])
      for (const worker of workers.values()) await worker.close(outcome)
    },
  }
}

function byCredential(
  workers: ReadonlyMap<string, OutsideWorker>,
  credential: string | undefined,
): OutsideWorker | undefined {
  return [...workers.values()].find((worker) => worker.credential === credential)
}

function route(run: RunContext, worker: OutsideWorker, { scheme, host, port }: ProxyRequest): ProxyDecision {
  const name = host.toLowerCase()
  const found = run.addresses.byHost(name, port)
  if (found) return { serve: (client, origin) => worker.serve(found.value, client, origin) }
  if (run.config.allow.includes(name)) return { tunnel: true }
  const refuse = worker.session.unknown(joinOrigin(`${scheme}:`, name, port))
  return refuse ? { refuse } : { tunnel: true }
}
