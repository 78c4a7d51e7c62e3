import { ShopError } from '../shop-error.ts'

/** Checks a customer as it came from outside. */
export function readCustomer({ email, name }: Record<string, unknown>): { email: string; name: string } {
  if (typeof email !== 'string' || !/^[^@\s]+@[^@\s]+$/.test(email) || typeof name !== 'string' || name === '') {
    throw new ShopError(422, 'invalid_customer', '`email` or `name` is missing or wrong.')
  }
  return { email, name }
}
