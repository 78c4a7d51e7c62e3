/** An answer that the client can act on; everything else is a 500. */
export class ShopError extends Error {
  override name = 'ShopError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}
