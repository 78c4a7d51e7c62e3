import fc from 'fast-check'

const base62 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789']

function drawn(alphabet: readonly string[] | string, length: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...alphabet), minLength: length, maxLength: length })
}

function after(prefix: string, alphabet: readonly string[] | string, length: number): fc.Arbitrary<string> {
  return drawn(alphabet, length).map((rest) => prefix + rest)
}

const hex = '0123456789abcdef'
const upperAndDigits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

/** Tokens of known shapes, by the kind of their placeholder; none of them was ever valid. */
export const tokensByKind: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'github-token': fc.oneof(after('ghp_', base62, 36), after('ghs_', base62, 36), after('github_pat_', base62, 59)),
  'aws-access-key': fc.oneof(after('AKIA', upperAndDigits, 16), after('ASIA', upperAndDigits, 16)),
  'stripe-key': fc.oneof(after('sk_live_', base62, 24), after('rk_test_', base62, 24)),
  'stripe-webhook-secret': after('whsec_', base62, 32),
  'slack-token': after('xoxb-', '0123456789', 24),
  'google-api-key': after('AIza', base62, 35),
  'npm-token': after('npm_', base62, 36),
  'sendgrid-key': fc.tuple(drawn(base62, 22), drawn(base62, 43)).map(([id, secret]) => `SG.${id}.${secret}`),
  'twilio-key': after('SK', hex, 32),
  'gitlab-token': after('glpat-', base62, 20),
  jwt: fc
    .tuple(fc.nat(), drawn(base62, 43))
    .map(([sub, signature]) => `${base64url({ alg: 'HS256' })}.${base64url({ sub })}.${signature}`),
}

/** Any token of a known shape. */
export const anyToken: fc.Arbitrary<string> = fc.oneof(...Object.values(tokensByKind))

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
