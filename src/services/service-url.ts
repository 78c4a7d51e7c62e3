import type { ServiceAccount } from './service-request.ts'

/** An address with whom to log in as and to what, as drivers and clients read it. */
export function serviceUrl(scheme: string, account: ServiceAccount, host: string, port: number): string {
  const { user, password, database } = account
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}`
  const login = user === undefined && !secret ? '' : `${encodeURIComponent(user ?? '')}${secret}@`
  const path = database === undefined ? '' : `/${encodeURIComponent(database)}`
  return `${scheme}://${login}${host}:${port}${path}`
}
