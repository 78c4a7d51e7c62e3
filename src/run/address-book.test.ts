import { describe, expect, it } from 'vitest'
import { makeAddressBook } from './address-book.ts'

describe('an address book', () => {
  const book = makeAddressBook([
    { origins: ['http://127.0.0.1:4101'], value: 'stock' },
    { origins: ['https://*.example.com', 'https://example.org'], value: 'shop' },
  ])

  it.each([
    ['http://127.0.0.1:4101/a', 'stock'],
    ['http://localhost:4101/a', 'stock'],
    ['http://[::1]:4101/a', 'stock'],
    ['http://localhost:4102/a', undefined],
    ['https://eu.example.com?a=1', 'shop'],
    ['https://example.com/', undefined],
    ['https://example.org:443/x', 'shop'],
    ['https://example.org:444/x', undefined],
    ['not a url', undefined],
  ])('finds whose %s is', (url, owner) => {
    expect(book.byUrl(url)?.value).toBe(owner)
  })

  it('keeps what another boundary claims of this machine', () => {
    const two = makeAddressBook([
      { origins: ['http://127.0.0.1:1'], value: 'a' },
      { origins: ['http://localhost:1'], value: 'b' },
    ])
    expect([two.byHost('127.0.0.1', 1)?.value, two.byHost('localhost', 1)?.value]).toEqual(['a', 'b'])
  })
})
