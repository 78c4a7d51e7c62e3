import type { HeaderList } from '../message.ts'

/** Headers that prove who has sent something: those of vendors that name them otherwise, and the usual names. */
const names = /signature|hmac|^x-gitlab-token$|-sig$/i

/** What in them is the proof, and not a time or the name of a scheme. */
const proof = /[\w+/-]{16,}={0,2}/g

/** Whether something proves who has sent it. */
export function isSigned(headers: HeaderList): boolean {
  return headers.some(([name]) => names.test(name))
}

/** The same headers with proofs that prove nothing. */
export function badlySigned(headers: HeaderList): HeaderList {
  return headers.map(([name, value]) => (names.test(name) ? [name, value.replaceAll(proof, spoilt)] : [name, value]))
}

/** The same headers without any proof. */
export function unsigned(headers: HeaderList): HeaderList {
  return headers.filter(([name]) => !names.test(name))
}

/** In the middle: at the end of base64 are bits that mean nothing. */
function spoilt(text: string): string {
  const at = text.length >> 1
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`
}
