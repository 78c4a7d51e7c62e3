/** How much of an argument is no secret: of `>hunter2` the first character. */
interface CredentialPlace {
  readonly keep: number
}

const whole: CredentialPlace = { keep: 0 }
const secretSettings = /^(?:requirepass|masterauth|tls-(?:client-)?key-file-pass)$/i

/** Which arguments of a command are passwords: of AUTH, HELLO, MIGRATE, CONFIG SET and ACL SETUSER. */
export function credentialPlaces(args: readonly Uint8Array[]): ReadonlyMap<number, CredentialPlace> {
  const words = args.map((arg, i) => (i < 64 ? Buffer.from(arg).toString('utf8') : ''))
  const [command = '', sub = ''] = words.map((word) => word.toLowerCase())
  const places = new Map<number, CredentialPlace>()
  if (command === 'auth' && args.length > 1) places.set(args.length - 1, whole)
  if (command === 'hello') afterWord(words, 'auth', 2, places)
  if (command === 'migrate') {
    afterWord(words, 'auth', 1, places)
    afterWord(words, 'auth2', 2, places)
  }
  if (command === 'config' && sub === 'set')
    for (let i = 2; i < words.length; i += 2) if (secretSettings.test(words[i]!)) places.set(i + 1, whole)
  if (command === 'acl' && sub === 'setuser')
    for (const [i, word] of words.entries()) if (i > 2 && /^[<>#!]./.test(word)) places.set(i, { keep: 1 })
  return places
}

function afterWord(words: readonly string[], word: string, by: number, places: Map<number, CredentialPlace>): void {
  const at = words.findIndex((each, i) => i > 0 && each.toLowerCase() === word)
  if (at > 0 && at + by < words.length) places.set(at + by, whole)
}
