/** One entry of a nock fixture, answered with JSON some days ago. */
export interface DefinitionOptions {
  readonly scope?: string
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly response?: unknown
  readonly requestHeaders?: Readonly<Record<string, string>>
  readonly daysOld?: number
}

/** What `nock.recorder` writes for one exchange. */
export function nockDefinition(options: DefinitionOptions = {}): object {
  const { scope = 'https://api.github.com:443', method = 'GET', path = '/user', body = '', daysOld = 3 } = options
  const { response = { login: 'mona' }, requestHeaders = { accept: 'application/json' } } = options
  const date = new Date(Date.now() - daysOld * 86_400_000).toUTCString()
  const headers = ['Date', date, 'Content-Type', 'application/json']
  return {
    scope,
    method,
    path,
    body,
    status: 200,
    response,
    rawHeaders: headers,
    reqheaders: requestHeaders,
    responseIsBinary: false,
  }
}
