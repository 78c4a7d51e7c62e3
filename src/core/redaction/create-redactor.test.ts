import { describe, expect, test } from 'vitest'
import { createRedactor } from './create-redactor.ts'

const github = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`
const random = 'dGx9Qk3bVz7LmN2pRs8tWy4aBc6D'
const shape = /^\{\{([a-z-]+):(?:[0-9a-f]{4}|[0-9a-f]{8})\}\}$/

/** The kind of a text that is one placeholder and nothing else. */
function kindOf(text: string): string | undefined {
  return shape.exec(text)?.[1]
}

function redactJson(value: Parameters<ReturnType<typeof createRedactor>['json']>[0], options = {}): unknown {
  return createRedactor(options).json(value, 'body')
}

describe('headers', () => {
  function redact(name: string, value: string): string {
    return createRedactor().header(name, value, 'request.headers')
  }

  test.each([
    ['Authorization', `Bearer ${github}`, /^Bearer \{\{github-token:[0-9a-f]{8}\}\}$/],
    ['authorization', `token ${'0'.repeat(39)}1`, /^token \{\{token:[0-9a-f]{4}\}\}$/],
    ['authorization', `Basic ${btoa('ada:hunter2')}`, /^Basic \{\{basic-credentials:[0-9a-f]{4}\}\}$/],
    ['authorization', 'hunter2', /^\{\{token:[0-9a-f]{4}\}\}$/],
    ['Proxy-Authorization', `Basic ${btoa('ada:hunter2')}`, /^Basic \{\{basic-credentials:/],
    [
      'authorization',
      `AWS4-HMAC-SHA256 Credential=AKIA${'A1'.repeat(8)}/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=${'0f'.repeat(32)}`,
      /^AWS4-HMAC-SHA256 Credential=\{\{aws-access-key:\w+\}\}\/20260101\/eu-west-1\/s3\/aws4_request, SignedHeaders=host, Signature=\{\{token:\w+\}\}$/,
    ],
    ['cookie', 'theme=dark; session_id=abc123def; a=b', /^theme=dark; session_id=\{\{token:\w+\}\}; a=b$/],
    ['cookie', `v=${'0f'.repeat(16)}`, /^v=\{\{token:\w+\}\}$/],
    [
      'Set-Cookie',
      'sid=abc123def; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
      /^sid=\{\{token:\w+\}\}; Path=\/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly$/,
    ],
    ['set-cookie', 'sid=; Max-Age=0', /^sid=; Max-Age=0$/],
    ['X-Api-Key', 'abc123def', /^\{\{token:\w+\}\}$/],
    ['api-key', 'abc123def', /^\{\{token:\w+\}\}$/],
    ['x-amz-security-token', 'abc123def', /^\{\{token:\w+\}\}$/],
    ['X-Shopify-Access-Token', 'abc123def', /^\{\{token:\w+\}\}$/],
    ['private-token', `glpat-${random}`, /^\{\{gitlab-token:\w+\}\}$/],
    ['x-vault-token', 'hvs.abc123def', /^\{\{token:\w+\}\}$/],
    ['x-csrf-token', 'abc123def', /^\{\{token:\w+\}\}$/],
    [
      'location',
      'https://a.example/cb?code=abc123def4&state=x',
      /^https:\/\/a\.example\/cb\?code=\{\{token:\w+\}\}&state=x$/,
    ],
    ['location', 'https://a.example/#access_token=abc123def', /#access_token=\{\{token:\w+\}\}$/],
    ['x-anything', `say ${random} twice`, /^say \{\{high-entropy:\w{8}\}\} twice$/],
  ])('%s: %s', (name, value, expected) => {
    expect(redact(name, value)).toMatch(expected)
  })

  test.each([
    ['etag', `W/"2a1-${random}"`],
    ['x-amz-id-2', random],
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['content-type', 'multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW'],
    ['content-security-policy', `script-src 'nonce-${random}'`],
    ['stripe-signature', `t=1492774577,v1=${'5257a869'.repeat(8)}`],
    ['x-hub-signature-256', `sha256=${'5257a869'.repeat(8)}`],
    ['idempotency-key', '550e8400-e29b-41d4-a716-446655440000'],
    ['www-authenticate', 'Bearer realm="example", error="invalid_token"'],
    ['access-control-allow-headers', 'Authorization, X-CSRF-Token, Private-Token'],
    ['cookie', 'theme=dark; locale=en-GB'],
    ['authorization', ''],
  ])('%s: %s stays', (name, value) => {
    expect(redact(name, value)).toBe(value)
  })

  test('a password that a client got from a recording gives the same basic credentials as the real one', () => {
    const redactor = createRedactor()
    const { password } = redactor.json({ password: 'hunter2' }, 'body') as { password: string }
    const real = redactor.header('authorization', `Basic ${btoa('ada:hunter2')}`, '')
    expect(redactor.header('authorization', `Basic ${btoa(`ada:${password}`)}`, '')).toBe(real)
  })
})

describe('URLs', () => {
  function redact(url: string): string {
    return createRedactor().url(url, 'request')
  }

  test.each([
    [
      'https://a.example/?access_token=abc123&page=2',
      /^https:\/\/a\.example\/\?access_token=\{\{token:\w+\}\}&page=2$/,
    ],
    ['https://a.example/?api_key=abc123', /api_key=\{\{token:/],
    ['https://a.example/?client%5Fsecret=abc', /client%5Fsecret=\{\{secret:/],
    ['https://a.example/?key=a1b2c3d4e5f6a7b8c9', /key=\{\{token:/],
    ['https://a.example/?user%5Bpassword%5D=x', /user%5Bpassword%5D=\{\{password:/],
    ['https://a.example/?grant_type=authorization_code&code=abc123def4', /&code=\{\{token:/],
    ['https://a.example/f?X-Amz-Signature=0f0f0f&X-Amz-Date=1', /\?X-Amz-Signature=\{\{token:\w+\}\}&X-Amz-Date=1$/],
    ['https://a.example/f?sv=1&sig=abc%2Bdef%3D', /\?sv=1&sig=\{\{token:\w+\}\}$/],
    ['https://ada:hunter2@a.example/', /^https:\/\/ada:\{\{password:\w{4}\}\}@a\.example\/$/],
    [`https://${github}@a.example/`, /^https:\/\/\{\{github-token:\w{8}\}\}@a\.example\/$/],
    [
      `https://a.example/bot1234567890:${'a1B2c'.repeat(7)}/getMe`,
      /^https:\/\/a\.example\/bot\{\{telegram-token:\w+\}\}\/getMe$/,
    ],
    [
      `https://hooks.slack.com/services/T00000000/B00000000/${random}`,
      /^https:\/\/hooks\.slack\.com\/services\/\{\{slack-webhook:\w+\}\}$/,
    ],
    [`https://a.example/hooks/${random}/events`, /^https:\/\/a\.example\/hooks\/\{\{high-entropy:\w+\}\}\/events$/],
    ['https://a.example/?q=a%20b&token=abc123', /\?q=a%20b&token=/],
  ])('%s', (url, expected) => {
    expect(redact(url)).toMatch(expected)
  })

  test.each([
    'https://api.github.com/repos/octokit-fixture-org/hello-world/issues?page=2&per_page=100&sort=created',
    'https://a.example/?key=name&code=404&pageToken=abc123def&sort=a+b%20c',
    'https://registry.npmjs.org/@octokit/core/-/core-5.0.1.tgz',
    'https://a.example/?token=&password=',
    'https://a.example/users/ada@example.com',
  ])('%s stays', (url) => {
    expect(redact(url)).toBe(url)
  })

  test('a placeholder that a client parsed as a URL is the same as the recorded one', () => {
    const recorded = redact('https://ada:hunter2@a.example/?token=abc123')
    expect(redact(new URL(recorded).href)).toBe(recorded)
  })
})

describe('JSON', () => {
  test.each([
    'password',
    'passwd',
    'secret',
    'client_secret',
    'clientSecret',
    'access_token',
    'refreshToken',
    'id-token',
    'API_KEY',
    'privateKey',
    'session_token',
    'new_password',
    'cvc',
    'ssn',
    'stripeApiKey',
    'AWSSecretAccessKey',
  ])('the value of "%s" is replaced', (name) => {
    const { [name]: value } = redactJson({ [name]: 'value-1234' }) as Record<string, string>
    expect(kindOf(value!)).toBeDefined()
  })

  test.each([
    ['a token in an object', { token: { type: 'x', id: 12_345_678 } }],
    ['booleans and nothing', { password: true, secret: null, token: false }],
    ['short numbers', { cvc: 123, pin: 1 }],
    ['counts of tokens', { max_tokens: 4096, total_token: 4096, tokens: 12 }],
    ['the tokens of a language model', { token: ' Hello', logprob: -0.3 }],
    ['page tokens', { nextPageToken: 'CAUQAA1234567', next_token: 'abcdefgh' }],
    ['types of tokens', { token_type: 'bearer', tokenUrl: 'https://a.example/token' }],
    ['what is masked already', { password: '********', token: '' }],
    ['numbers of issues', { number: 1347, id: 12_345_678_901 }],
    ['codes', { code: 'not_found', error: { code: 'E_VALIDATION_FAILED' } }],
    ['etags', { etag: `"${random}"`, node_id: random }],
  ])('%s stays', (_, value) => {
    expect(redactJson(value)).toBe(value)
  })

  test('finds secrets at any depth and in lists, and leaves the rest of the value as it is', () => {
    const kept = { id: 1 }
    const result = redactJson({
      kept,
      list: [{ a: [{ password: 'x1' }] }],
      api_keys: ['k1'],
      api_key: ['abcdef1'],
    }) as {
      kept: object
      list: { a: { password: string }[] }[]
      api_key: string[]
    }
    expect(result.kept).toBe(kept)
    expect(kindOf(result.list[0]!.a[0]!.password)).toBe('password')
    expect(kindOf(result.api_key[0]!)).toBe('token')
  })

  test('numbers under a credential name become placeholders', () => {
    const result = redactJson({ password: 123_456, card: { number: 4_242_424_242_424_242 } }) as {
      password: string
      card: { number: string }
    }
    expect(kindOf(result.password)).toBe('password')
    expect(kindOf(result.card.number)).toBe('card-number')
  })

  test('the same token has the same placeholder in header, query, field, form and text', () => {
    for (const secret of [github, random, 'abc123def']) {
      const redactor = createRedactor()
      const places = [
        redactor.header('authorization', `Bearer ${secret}`, '').slice(7),
        redactor.header('x-api-key', secret, ''),
        redactor.header('cookie', `session=${secret}`, '').slice(8),
        new URL(redactor.url(`https://a.example/?access_token=${secret}`, '')).searchParams.get('access_token'),
        (redactor.json({ refresh_token: secret }, '') as { refresh_token: string }).refresh_token,
        redactor.form(`token=${secret}`, '').slice(6),
        redactor.text(`token: "${secret}"`, '').slice(8, -1),
      ]
      expect(new Set(places).size, places.join(' ')).toBe(1)
    }
  })

  test('reads JSON inside of a string', () => {
    const result = redactJson({ Message: JSON.stringify({ id: 1, password: 'correct horse' }) }) as { Message: string }
    expect(result.Message).toMatch(/^\{"id":1,"password":"\{\{password:\w{4}\}\}"\}$/)
  })

  test('an OAuth code beside its grant type is a credential', () => {
    const result = redactJson({ grant_type: 'authorization_code', code: 'abc123def4' }) as { code: string }
    expect(kindOf(result.code)).toBe('token')
  })

  test('a field called __proto__ stays a field', () => {
    const result = redactJson(JSON.parse('{"__proto__":{"a":1},"password":"x1"}')) as object
    expect(Object.keys(result)).toEqual(['__proto__', 'password'])
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype)
  })
})

describe('text', () => {
  const pem = `-----BEGIN RSA PRIVATE KEY-----\n${`${'aB3d'.repeat(16)}\n`.repeat(3)}-----END RSA PRIVATE KEY-----`

  test.each([
    [pem, 'private-key'],
    [pem.slice(0, 150), 'private-key'],
    [`AKIA${'A1'.repeat(8)}`, 'aws-access-key'],
    [`sk_${'live'}_${random}`, 'stripe-key'],
    [`whsec_${random}`, 'stripe-webhook-secret'],
    [`xoxb-${'123456789-'.repeat(2)}abc`, 'slack-token'],
    [`AIza${'a1B2c'.repeat(7)}`, 'google-api-key'],
    [`npm_${'a1B2c3'.repeat(6)}`, 'npm-token'],
    [`SK${'0f'.repeat(16)}`, 'twilio-key'],
    [`pi_3MtwBwLkdIwHu7ix_secret_${random}`, 'stripe-client-secret'],
    [random, 'high-entropy'],
  ])('%s is known as %s', (secret, kind) => {
    const result = createRedactor().text(`before ${secret}`, 'body')
    expect(kindOf(result.slice(7))).toBe(kind)
  })

  test('the secret half of an AWS key is known by the other half', () => {
    const secret = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKL/1'
    const result = createRedactor().text(`id AKIA${'A1'.repeat(8)}, key ${secret}`, 'body')
    expect(result).toMatch(/^id \{\{aws-access-key:\w+\}\}, key \{\{aws-secret-key:\w+\}\}$/)
  })

  test.each([
    ['curl -H "Authorization: Bearer abcdefgh-12345-ijkl-mnop"', /Bearer \{\{token:\w{4}\}\}"$/],
    ['see https://a.example/?token=abc123def.', /\?token=\{\{token:\w+\}\}\.$/],
    ['mutation { login(name: "ada", password: "hunter2") { id } }', /password: "\{\{password:\w+\}\}"\) \{ id \}/],
    ['redis://default:hunter2@cache:6379', /^redis:\/\/default:\{\{password:\w+\}\}@cache:6379$/],
  ])('%s', (text, expected) => {
    expect(createRedactor().text(text, 'body')).toMatch(expected)
  })
})

describe('rules of a team', () => {
  test('by header, query and field', () => {
    const redactor = createRedactor({ headers: ['X-Tenant'], query: ['tenant'], fields: ['iban'] })
    expect(kindOf(redactor.header('x-tenant', 'acme', ''))).toBe('secret')
    expect(redactor.url('https://a.example/?tenant=acme', '')).toMatch(/tenant=\{\{secret:/)
    expect(redactor.json({ IBAN: 'DE02' }, '')).toEqual({ IBAN: expect.stringMatching(shape) })
  })

  test('by path, named after the rule', () => {
    const redactor = createRedactor({ paths: { customerEmail: '$.customer.email', line: '$.items[*].note' } })
    const result = redactor.json({ customer: { email: 'ada@example.com', id: 7 }, items: [{ note: 'x' }] }, 'body')
    expect(result).toEqual({
      customer: { email: expect.stringMatching(/^\{\{customer-email:[0-9a-f]{4}\}\}$/), id: 7 },
      items: [{ note: expect.stringMatching(/^\{\{line:/) }],
    })
    expect(redactor.take()).toEqual([
      { kind: 'customer-email', where: 'body.customer.email' },
      { kind: 'line', where: 'body.items[*].note' },
    ])
  })

  test('a path to an object covers everything in it', () => {
    const result = redactJson({ card: { name: 'Ada', exp: [1, 2027] } }, { paths: { card: '$.card' } })
    expect(JSON.stringify(result)).not.toMatch(/Ada|2027/)
  })

  test('by pattern, in any place', () => {
    const redactor = createRedactor({ patterns: { email: /[\w.]+@[\w.]+\w/ } })
    expect(redactor.text('to ada@example.com', '')).toMatch(/^to \{\{email:\w{4}\}\}$/)
    expect(redactor.json(['ada@example.com'], '')).toEqual([expect.stringMatching(/^\{\{email:/)])
    expect(redactor.header('x-user', 'ada@example.com', '')).toMatch(/^\{\{email:/)
  })

  test('what is allowed stays, by value and by expression', () => {
    const redactor = createRedactor({ allow: ['hunter2', /^dGx9/] })
    const value = { password: 'hunter2', note: random }
    expect(redactor.json(value, '')).toBe(value)
  })

  test('entropy can be left out', () => {
    expect(createRedactor({ entropy: false }).text(random, '')).toBe(random)
    expect(createRedactor({ entropy: false }).text(github, '')).not.toBe(github)
  })

  test('a path that cannot be read is refused', () => {
    expect(() => createRedactor({ paths: { x: 'customer.email' } })).toThrow(SyntaxError)
  })
})

test('lists each kind and place once, and starts over when the list was taken', () => {
  const redactor = createRedactor()
  const headers = [`Bearer ${github}`, `Bearer ${github}`]
  for (const value of headers) redactor.header('Authorization', value, 'request.headers')
  redactor.json([{ password: 'a1' }, { password: 'b2' }], 'response.body')
  redactor.url('https://a.example/?token=abc123', 'request')
  expect(redactor.take()).toEqual([
    { kind: 'github-token', where: 'request.headers.authorization' },
    { kind: 'password', where: 'response.body[*].password' },
    { kind: 'token', where: 'request.query.token' },
  ])
  expect(redactor.take()).toEqual([])
  redactor.header('Authorization', headers[0]!, 'request.headers')
  expect(redactor.take()).toHaveLength(1)
})

test('the name of a parameter that looked like a secret is not taken for a token the next time', () => {
  const redactor = createRedactor()
  const once = redactor.header('authorization', `Scheme ${seeded('AIza', 35)}=${seeded('AKIA', 16)}`, '')
  expect(once).toMatch(/^Scheme \{\{google-api-key:\w+\}\}=/)
  expect(redactor.header('authorization', once, '')).toBe(once)
})

function seeded(prefix: string, length: number): string {
  return prefix + 'A'.repeat(length)
}
