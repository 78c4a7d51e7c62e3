import { expect, it } from 'vitest'
import { postgresAddress, postgresUrl, quoteName, quoteText, urlAt, urlOfDatabase } from './postgres-address.ts'

it('an address is read from a URL and written as one', () => {
  for (const url of [
    'postgres://me:p%40ss@db.example.com:5433/a%20b',
    'postgres://postgres@[::1]:5432/postgres',
    'postgres://me@127.0.0.1:5432/shop',
  ])
    expect(postgresUrl(postgresAddress(url))).toBe(url)
  expect(postgresAddress('postgresql://db')).toEqual({ host: 'db', port: 5432, user: 'postgres' })
})

it('what is no address of PostgreSQL is refused without repeating it', () => {
  for (const url of ['mysql://me:secret@db/shop', 'secret'])
    expect(() => postgresAddress(url)).toThrow(
      expect.objectContaining({ code: 'MORTAR_CONFIG_INVALID', seen: expect.not.stringContaining('secret') }),
    )
})

it('names and texts are quoted whatever is in them', () => {
  expect(quoteName('a"b')).toBe('"a""b"')
  expect(quoteText("it's")).toBe("'it''s'")
  expect(quoteText("a\\'")).toBe(" E'a\\\\'''")
})

it('a client of ours gets our address with the account, and nothing of how the server is reached', () => {
  const url = 'postgres://me:p%40ss@db.example.com:5433/shop?sslmode=require&application_name=x'
  expect(urlAt(url, { host: '127.0.0.1', port: 9 })).toBe(
    'postgres://me:p%40ss@127.0.0.1:9/shop?application_name=x&sslmode=disable',
  )
  expect(urlOfDatabase(url, 'a b')).toBe(
    'postgres://me:p%40ss@db.example.com:5433/a%20b?sslmode=require&application_name=x',
  )
  expect(postgresAddress(url).tls).toMatchObject({ servername: 'db.example.com', rejectUnauthorized: false })
  expect(postgresAddress('postgres://db/a?sslmode=verify-full').tls).toEqual({
    servername: 'db',
    alpn: [],
    trustSystem: true,
  })
  expect(postgresAddress('postgres://db/a?sslmode=disable').tls).toBeUndefined()
})
