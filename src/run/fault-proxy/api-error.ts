/** What a request to the admin API gets in place of an answer: `{"error": message, "status": status}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The error for a body that does not say what it must. */
export function badBody(reason: string): ApiError {
  return new ApiError(400, `bad request body: ${reason}`)
}
