/** `X-Api_Key`, `apiKey` and `api key` are one name; of `user[password]` the innermost counts. */
export function normalName(name: string): string {
  const inner = name.endsWith(']') ? /\[([^\][]+)\](?:\[\d*\])*$/.exec(name)?.[1] : undefined
  return (inner ?? name.replace(/(?:\[\d*\])+$/, '')).toLowerCase().replace(/[^a-z0-9]/g, '')
}

const passwordNames = ['password', 'passwd', 'passphrase', 'passcode']
const passwordTails = ['confirm', 'confirmation', 'again', 'repeat', 'hash', 'digest', 'salt']
const secretEnds = [
  'secret',
  'secretkey',
  'privatekey',
  'secretaccesskey',
  'signingkey',
  'encryptionkey',
  'sharedkey',
  'masterkey',
  'clientassertion',
  'secretstring',
  'credential',
  'credentials',
]
const tokenEnds = [
  'token',
  'apikey',
  'authkey',
  'appkey',
  'applicationkey',
  'subscriptionkey',
  'servicekey',
  'functionskey',
  'codeverifier',
  'authcode',
]

const passwords = new RegExp(`(?:${passwordNames.join('|')})(?:${passwordTails.join('|')})?\\d?$`)
const secrets = new RegExp(`(?:${secretEnds.join('|')})$`)
const tokens = new RegExp(`(?:${tokenEnds.join('|')})$`)
// What stands for a place in a list, or for a kind of token, is no credential.
const harmless =
  /(?:page|next|prev|previous|start|end|continuation|continue|sync|cursor|max|min|resume|stop|eos|bos|pad)token$/

const exact: Readonly<Record<string, string>> = {
  pwd: 'password',
  pass: 'password',
  userpass: 'password',
  apitoken: 'token',
  bearer: 'token',
  jwt: 'token',
  otp: 'token',
  devicecode: 'token',
  authorizationcode: 'token',
  authorization: 'authorization',
  proxyauthorization: 'authorization',
  cardnumber: 'card-number',
  ccnumber: 'card-number',
  creditcardnumber: 'card-number',
  cvc: 'card-code',
  cvv: 'card-code',
  cvv2: 'card-code',
  cardcvc: 'card-code',
  cardcvv: 'card-code',
  securitycode: 'card-code',
  ssn: 'ssn',
  socialsecuritynumber: 'ssn',
}

/** Every way in which a normal name can end for which {@link fieldKind} knows a kind, but for a digit after it. */
export const fieldEnds: readonly string[] = [
  ...passwordNames,
  ...passwordTails,
  ...secretEnds,
  ...tokenEnds,
  ...Object.keys(exact),
]

/**
 * The kind of credential that a field of this (normal) name holds. Few kinds on purpose: the same opaque value is
 * called `access_token` in one place and `X-Auth-Token` in another, and must get the same placeholder in both.
 */
export function fieldKind(name: string): string | undefined {
  if (Object.hasOwn(exact, name)) return exact[name]
  if (passwords.test(name)) return 'password'
  if (secrets.test(name)) return 'secret'
  return tokens.test(name) && !harmless.test(name) ? 'token' : undefined
}

const queryOnly =
  /^(?:sig|signature|hmac|auth|xamzsignature|xgoogsignature|jsessionid|phpsessid|sessionid|sid|accesskey)$/

/** As {@link fieldKind}, for query parameters: there a name is surer to be a credential. */
export function queryKind(name: string): string | undefined {
  return fieldKind(name) ?? (queryOnly.test(name) ? 'token' : undefined)
}

/** As {@link fieldKind}, for headers; `authorization`, `cookie` and `set-cookie` have a syntax of their own. */
export function headerKind(name: string): string | undefined {
  if (name === 'cookie' || name === 'setcookie') return name
  return fieldKind(name) ?? (/(?:accesskey|sessionid|authkey)$/.test(name) ? 'token' : undefined)
}

const sessionCookie = /sess|sid$|token|auth|jwt|csrf|xsrf|login|remember|secret|passw|credential|access|identity/

/** Whether a cookie of this (normal) name keeps somebody logged in. */
export function isSessionCookie(name: string): boolean {
  return sessionCookie.test(name) && !harmless.test(name)
}

const publicExact = new Set(
  [
    'etag ifnonematch ifmatch ifrange integrity nodeid gid cursor before after nonce boundary base64 fingerprint checksum',
    'digest contentdigest contentmd5 hash sha md5 traceparent tracestate cfray xrequestid xcorrelationid requestid traceid',
    'xamzrequestid xamzid2 xamzcfid xamznrequestid xamznerrortype xcache via server useragent accept contenttype date',
    'secwebsocketkey secwebsocketaccept contentsecuritypolicy contentsecuritypolicyreportonly reportto nel permissionspolicy',
    'stripesignature xhubsignature xhubsignature256 xslacksignature svixsignature webhooksignature signature',
    'xgithubrequestid xgithubdelivery idempotencykey xgooghash xguploaderuploadid xamzversionid versionid uploadid keyid kid',
  ].flatMap((line) => line.split(' ')),
)

/** Whether random-looking values of this (normal) name are known to be no secret: hashes, cursors, request ids. */
export function isPublicName(name: string): boolean {
  return (
    publicExact.has(name) ||
    /(?:cursor|etag|checksum|fingerprint|requestid|traceid|nodeid)$/.test(name) ||
    isPageToken(name)
  )
}

function isPageToken(name: string): boolean {
  return name.endsWith('token') && harmless.test(name)
}
