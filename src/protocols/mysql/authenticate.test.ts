import { constants, createHash, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { expect, it } from 'vitest'
import { Authentication } from './authenticate.ts'

const scramble = Buffer.from('abcdefghijklmnopqrst')
const hash = (algorithm: string, ...parts: Uint8Array[]): Buffer =>
  createHash(algorithm).update(Buffer.concat(parts)).digest()
const xor = (one: Buffer, other: Buffer): Buffer => Buffer.from(one.map((byte, i) => byte ^ other[i]!))

// A server keeps the hash of the hash, and finds out from the answer whether the client knows the hash.
it('a server that knows a password recognises it', () => {
  const native = new Authentication('geheim').begin('mysql_native_password', Buffer.concat([scramble, Buffer.alloc(1)]))
  const known = hash('sha1', hash('sha1', Buffer.from('geheim')))
  expect(hash('sha1', xor(native, hash('sha1', scramble, known))).equals(known)).toBe(true)
  const sha2 = new Authentication('geheim').begin('caching_sha2_password', scramble)
  const kept = hash('sha256', hash('sha256', Buffer.from('geheim')))
  expect(hash('sha256', xor(sha2, hash('sha256', kept, scramble))).equals(kept)).toBe(true)
})

it('a password that the server does not remember is sent under its public key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const authentication = new Authentication('geheim')
  authentication.begin('caching_sha2_password', scramble)
  expect(authentication.more(Buffer.from([3]))).toBeUndefined()
  expect(authentication.more(Buffer.from([4]))).toEqual(Buffer.from([2]))
  const sent = authentication.more(Buffer.from(publicKey.export({ type: 'spki', format: 'pem' })))!
  const hidden = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, sent)
  expect(xor(hidden, Buffer.concat([scramble, scramble])).toString()).toBe('geheim\0')
})

it('nothing is sent for no password, and another way to authenticate is refused by name', () => {
  expect(new Authentication('').begin('mysql_native_password', scramble)).toHaveLength(0)
  expect(() => new Authentication('x').begin('client_ed25519', scramble)).toThrow('client_ed25519')
})
