/** A kind of token that can be told by its looks, wherever it stands. */
export interface TokenShape {
  readonly kind: string
  /** Literal beginnings; a text without any of them is not searched. */
  readonly hints: readonly string[]
  /** Global; the whole match is the secret. */
  readonly pattern: RegExp
  /** Source of an expression for the hint and what follows it, where the match itself begins later. */
  readonly begins?: string
}

// Not in the middle of a word; a letter that ends `%2F` or `\n` is not part of one.
const start = String.raw`(?<!(?<!%[0-9A-Fa-f]|\\)[A-Za-z0-9])`
const end = String.raw`(?![A-Za-z0-9])`

function shape(kind: string, hints: readonly string[], source: string): TokenShape {
  return { kind, hints, pattern: new RegExp(start + source, 'g') }
}

const pemLabel = '(?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?'

/** Every token shape known, the more exact ones first. */
export const tokenShapes: readonly TokenShape[] = [
  {
    kind: 'private-key',
    hints: ['-----BEGIN '],
    pattern: new RegExp(`-----BEGIN ${pemLabel}-----(?:(?!-----)[\\s\\S]){40,}?(?:-----END ${pemLabel}-----|$)`, 'g'),
  },
  shape('jwt', ['eyJ'], String.raw`eyJ[\w-]{12,}\.[\w-]{4,}\.[\w-]*(?:\.[\w-]*)*`),
  shape('aws-access-key', ['AKIA', 'ASIA'], `(?:AKIA|ASIA)[A-Z0-9]{16}${end}`),
  shape('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], 'gh[pousr]_[A-Za-z0-9_]{30,}'),
  shape('github-token', ['github_pat_'], 'github_pat_[A-Za-z0-9_]{22,}'),
  shape('gitlab-token', ['glpat-'], String.raw`glpat-[\w-]{20,}`),
  shape('stripe-key', ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_'], '[sr]k_(?:live|test)_[A-Za-z0-9]{10,}'),
  shape('stripe-webhook-secret', ['whsec_'], 'whsec_[A-Za-z0-9+/]{16,}={0,2}'),
  shape('stripe-client-secret', ['pi_', 'seti_'], '(?:pi|seti)_[A-Za-z0-9]{8,}_secret_[A-Za-z0-9]{8,}'),
  shape('slack-token', ['xox', 'xapp-'], '(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{13,}'),
  {
    kind: 'slack-webhook',
    hints: ['hooks.slack.com'],
    begins: String.raw`hooks\.slack\.com/`,
    pattern: /(?<=hooks\.slack\.com\/(?:services|workflows|triggers)\/)[A-Za-z0-9/]{20,}/g,
  },
  shape('google-api-key', ['AIza'], String.raw`AIza[\w-]{35}`),
  shape('google-token', ['ya29.'], String.raw`ya29\.[\w-]{20,}`),
  shape('google-client-secret', ['GOCSPX-'], String.raw`GOCSPX-[\w-]{20,}`),
  shape('npm-token', ['npm_'], 'npm_[A-Za-z0-9]{36}'),
  shape('pypi-token', ['pypi-'], String.raw`pypi-[\w-]{50,}`),
  shape('sendgrid-key', ['SG.'], String.raw`SG\.[\w-]{16,32}\.[\w-]{16,64}`),
  shape('twilio-key', ['SK'], `SK[0-9a-f]{32}${end}`),
  shape('mailgun-key', ['key-'], `key-[0-9a-f]{32}${end}`),
  shape('anthropic-key', ['sk-ant-'], String.raw`sk-ant-[\w-]{20,}`),
  shape('openai-key', ['sk-'], String.raw`sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9][\w-]{18,}[A-Za-z0-9]`),
  shape('huggingface-token', ['hf_'], 'hf_[A-Za-z0-9]{30,}'),
  shape('digitalocean-token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], 'do[opr]_v1_[0-9a-f]{64}'),
  shape('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], `shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}${end}`),
  {
    kind: 'telegram-token',
    hints: ['bot'],
    begins: String.raw`bot\d{8}`,
    pattern: /(?<=\bbot)\d{8,10}:[\w-]{35}/g,
  },
]

/** `AKIA…`'s other half: 40 characters that nothing but the neighbourhood of a key id gives away. */
export const awsSecretKey: RegExp = new RegExp(`(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])`, 'g')

/** `Bearer` in running text; what follows is the token. Words such as "Bearer authentication" have no digit. */
export const bearerInText: RegExp = /(?<=\b(?:[Bb]earer|BEARER)\s+)(?=[^\s"']*\d)[A-Za-z0-9._+/-]{18,}={0,2}/g
