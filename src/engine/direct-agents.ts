import http from 'node:http'
import https from 'node:https'

/** What node gives its own global agents. */
const usual = { keepAlive: true, scheduling: 'lifo', timeout: 5000 } as const

/** Replaces node's global agents by ones that know no proxy, whatever `NODE_USE_ENV_PROXY` said at the start. */
export function useDirectAgents(): void {
  http.globalAgent = new http.Agent(usual)
  https.globalAgent = new https.Agent(usual)
}
