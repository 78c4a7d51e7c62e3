import { isDuplicate, type Queryable } from '../database.ts'
import { ShopError } from '../shop-error.ts'

export interface Customer {
  readonly id: number
  readonly email: string
  readonly name: string
}

export async function addCustomer(db: Queryable, email: string, name: string): Promise<Customer> {
  try {
    const { rows } = await db.query<Customer>(
      'INSERT INTO customers (email, name) VALUES ($1, $2) RETURNING id, email, name',
      [email, name],
    )
    return rows[0]!
  } catch (error) {
    if (!isDuplicate(error, 'customers_email_key')) throw error
    throw new ShopError(409, 'email_taken', 'There is an account with this address.')
  }
}

export async function findCustomer(db: Queryable, id: number): Promise<Customer> {
  const { rows } = await db.query<Customer>('SELECT id, email, name FROM customers WHERE id = $1', [id])
  if (!rows[0]) throw new ShopError(422, 'unknown_customer', `There is no customer ${id}.`)
  return rows[0]
}
