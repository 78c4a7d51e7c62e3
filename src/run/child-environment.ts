import type { Listener } from '../engine/listener.ts'
import type { AttachedBoundary } from './attached-boundary.ts'

/** Names what a child's variables were before they led to our doors, for a door further in to undo it. */
const restoreVariable = 'MORTAR_RESTORE'

/**
 * Variables by which a program finds our listeners: those that the boundaries name. A path in the address that the
 * variable holds now is kept, since clients append to it.
 */
export function listenerVariables(
  listeners: ReadonlyMap<AttachedBoundary, Listener>,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [{ input, protocol }, { port }] of listeners) {
    if (input.env) variables[input.env] = addressFor(protocol.name, port, env[input.env])
  }
  return variables
}

function addressFor(protocol: string, port: number, former: string | undefined): string {
  const speaksHttp = protocol === 'http' || protocol === 'webhook'
  if (former !== undefined && URL.canParse(former) && former.includes('://')) {
    const url = new URL(former)
    const path = `${url.pathname === '/' && !former.endsWith('/') ? '' : url.pathname}${url.search}`
    if (speaksHttp) return `http://127.0.0.1:${port}${path}`
    return `${url.protocol}//127.0.0.1:${port}${path}`
  }
  return speaksHttp ? `http://127.0.0.1:${port}` : `127.0.0.1:${port}`
}

/** Adds to a child's environment, and notes what it replaces. */
export function childEnvironment(env: NodeJS.ProcessEnv, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const former = Object.fromEntries(Object.keys(added).map((name) => [name, env[name] ?? null]))
  return { ...env, ...added, [restoreVariable]: JSON.stringify(former) }
}

/**
 * Undoes {@link childEnvironment} in a process that attaches its boundaries itself: the innermost door sees the test
 * that asks, and an exchange must not cross two of them.
 *
 * @returns Whether there was anything to undo.
 */
export function restoreEnvironment(env: NodeJS.ProcessEnv): boolean {
  const text = env[restoreVariable]
  if (text === undefined) return false
  delete env[restoreVariable]
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<string, string | null>)) {
    if (value === null) delete env[name]
    else env[name] = value
  }
  return true
}
