import { ServiceError } from 'corpus-kit/ask'

/** How a page looks. */
export async function theme() {
  const response = await fetch(`${process.env.FLAGS_URL}/flags`, { signal: AbortSignal.timeout(1000) })
  if (!response.ok) throw new ServiceError(`GET /flags answered ${response.status}`, { status: response.status })
  const flags = await response.json().catch(() => ({}))
  return flags.darkMode ? 'dark' : 'light'
}
