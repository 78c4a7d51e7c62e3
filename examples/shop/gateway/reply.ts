/** What the gateway answers. */
export interface Reply {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** An error as Stripe writes it. */
export function refusal(status: number, type: string, fields: Readonly<Record<string, unknown>>): Reply {
  return { status, body: { error: { type, ...fields } } }
}

/** A parameter that is missing or makes no sense. */
export function invalid(param: string, message: string, code = 'parameter_invalid'): Reply {
  return refusal(400, 'invalid_request_error', { code, param, message })
}
