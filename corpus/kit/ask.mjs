/** What a service said when it did not do what it was asked, or that it said nothing. */
export class ServiceError extends Error {
  name = 'ServiceError'

  /**
   * @param status - 0 when there was no answer.
   * @param code - By which the service names its reason.
   */
  constructor(message, { status = 0, code, retryAfterMs, cause } = {}) {
    super(message, { cause })
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
  }

  /** It may work the next time. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/**
 * Asks a service for JSON, as most teams' own client does.
 *
 * @throws ServiceError for anything that is not a 2xx answer with readable JSON
 */
export async function ask(method, url, { body, headers = {}, timeoutMs = 1000 } = {}) {
  const what = `${method} ${new URL(url).pathname}`
  let status = 0
  try {
    const response = await fetch(url, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    status = response.status
    const text = await response.text()
    if (!response.ok) {
      const retryAfterMs = waitFor(response.headers.get('retry-after') ?? '')
      throw new ServiceError(`${what} answered ${status}`, { status, code: codeIn(text), retryAfterMs })
    }
    return JSON.parse(text)
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause
    throw new ServiceError(`${what} gave no usable answer`, { cause, status: status < 300 ? 0 : status })
  }
}

/** What `Retry-After` asks for: seconds, or a date. */
function waitFor(header) {
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}

function codeIn(text) {
  try {
    return JSON.parse(text).error?.code
  } catch {
    return undefined
  }
}

/** Waits. */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Tries again what may work the next time: a few times, later each time. */
export async function retry(attempt, { attempts = 3, firstMs = 20 } = {}) {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(tried)
    } catch (error) {
      if (!error.passing || tried === attempts) throw error
      await pause(error.retryAfterMs ?? firstMs * 2 ** tried)
    }
  }
}
