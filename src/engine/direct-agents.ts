import http from 'node:http'
import https from 'node:https'

/** What node gives its own global agents. */
const usual = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const

/** Where undici and node keep the dispatcher of requests that name none. */
const dispatchers = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) => Symbol.for(name))

/** Replaces node's global agents by ones that know no proxy, whatever `NODE_USE_ENV_PROXY` said at the start. */
export function useDirectAgents(): void {
  http.globalAgent = new http.Agent(usual)
  https.globalAgent = new https.Agent(usual)
  const shared = globalThis as { [key: symbol]: { readonly [key: symbol]: unknown } | undefined }
  for (const key of dispatchers) {
    const agent = shared[key]
    // One that reads the proxy variables has another for what goes to no proxy.
    const direct = agent && Object.getOwnPropertySymbols(agent).find((one) => one.description === 'no proxy agent')
    if (direct) shared[key] = agent[direct] as typeof agent
  }
}
