import { expect, it } from 'vitest'
import type { HeaderList } from '../message.ts'
import { signatureSchemes } from './schemes.ts'

const cases = [
  {
    scheme: 'stripe',
    secret: 'whsec_test_secret',
    headers: [['Stripe-Signature', 't=1700000000,v1=248a374f50f943a28b0f6ab50faf9a7e7e29b710fa26df9fb1618b9bf8ea9c9a']],
    body: '{"id":"evt_1"}',
  },
  {
    scheme: 'github',
    secret: "It's a Secret to Everybody",
    headers: [['X-Hub-Signature-256', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17']],
    body: 'Hello, World!',
  },
  {
    scheme: 'shopify',
    secret: 'hush',
    headers: [['X-Shopify-Hmac-Sha256', 'VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=']],
    body: '{"id":1}',
  },
  {
    scheme: 'slack',
    secret: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: [
      ['X-Slack-Request-Timestamp', '1531420618'],
      ['X-Slack-Signature', 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
    ],
    body: 'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  },
  {
    scheme: 'standard-webhooks',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    headers: [
      ['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
      ['webhook-timestamp', '1614265330'],
      ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ],
    body: '{"test": 2432232314}',
  },
] as const satisfies { scheme: string; secret: string; headers: HeaderList; body: string }[]

it.each(cases)('$scheme is signed as its vendor signs it', ({ scheme, secret, headers, body }) => {
  const { prove, signedAt } = signatureSchemes[scheme]
  const sent = new Map(headers.map(([name, value]): [string, string] => [name.toLowerCase(), value]))
  const proof = prove({ headers, body: Buffer.from(body) }, secret, signedAt?.(headers) ?? 0)
  expect(proof.length).toBeGreaterThan(0)
  for (const [name, value] of proof) expect(value).toBe(sent.get(name))
})
