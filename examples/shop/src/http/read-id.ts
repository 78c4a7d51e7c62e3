import { ShopError } from '../shop-error.ts'

/** The number of something; what cannot be one belongs to nothing. */
export function readId(text: string | null | undefined): number {
  const id = Number(text)
  if (!text || !Number.isInteger(id) || id < 1 || id > 2_147_483_647) {
    throw new ShopError(404, 'not_found', 'There is nothing of that number.')
  }
  return id
}
