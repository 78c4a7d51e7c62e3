import { createRequire } from 'node:module'

type X509 = typeof import('@peculiar/x509')

let loaded: X509 | undefined

/**
 * Loads the certificate library on first use (90 ms).
 *
 * Its injection container insists on the decorator metadata API while it loads, and never again. That API is lent for
 * the time of the (synchronous) load, rather than left on the global `Reflect`, where it would break an application
 * that brings the real one.
 */
export function loadX509(): X509 {
  return (loaded ??= lendingMetadata(() => createRequire(import.meta.url)('@peculiar/x509') as X509))
}

interface MetadataApi {
  defineMetadata?: (key: unknown, value: unknown, target: object) => void
  getOwnMetadata?: (key: unknown, target: object) => unknown
  getMetadata?: (key: unknown, target: object) => unknown
}

function lendingMetadata<T>(load: () => T): T {
  const api = Reflect as MetadataApi
  if (api.getMetadata) return load()
  const kept = new Map<object, Map<unknown, unknown>>()
  api.defineMetadata = (key, value, target) => {
    kept.set(target, (kept.get(target) ?? new Map<unknown, unknown>()).set(key, value))
  }
  api.getOwnMetadata = (key, target) => kept.get(target)?.get(key)
  api.getMetadata = (key, target) => {
    for (let at: object | null = target; at; at = Reflect.getPrototypeOf(at))
      if (kept.get(at)?.has(key)) return kept.get(at)?.get(key)
    return undefined
  }
  try {
    return load()
  } finally {
    delete api.defineMetadata
    delete api.getOwnMetadata
    delete api.getMetadata
  }
}
