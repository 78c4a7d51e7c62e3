import type { Risk } from '../../core/boundary.ts'

/** A public service that many programs use. */
export interface KnownService {
  readonly name: string
  /** The first is the main one. */
  readonly origins: readonly string[]
  /** npm packages that talk to it; a trailing `*` stands for anything. */
  readonly packages: readonly string[]
  readonly risk?: Risk
  /** Why it has that risk. */
  readonly reason?: string
}

const money = { risk: 'critical', reason: 'moves money' } as const
const signIn = { risk: 'critical', reason: 'signs people in' } as const
const people = { risk: 'high', reason: 'reaches people' } as const
const telemetry = { risk: 'low', reason: 'telemetry only' } as const

function service(
  name: string,
  origins: readonly string[],
  packages: readonly string[],
  risk: Partial<Pick<KnownService, 'risk' | 'reason'>> = {},
): KnownService {
  return { name, origins: origins.map((host) => `https://${host}`), packages, ...risk }
}

/** Services that are recognised by package or host. */
export const knownServices: readonly KnownService[] = [
  service('github', ['api.github.com'], ['octokit', '@octokit/*', 'probot']),
  service('gitlab', ['gitlab.com'], ['@gitbeaker/*']),
  service('stripe', ['api.stripe.com'], ['stripe'], money),
  service('paypal', ['api-m.paypal.com', 'api-m.sandbox.paypal.com'], ['@paypal/*'], money),
  service('square', ['connect.squareup.com'], ['square'], money),
  service('braintree', ['api.braintreegateway.com'], ['braintree'], money),
  service('adyen', ['checkout-test.adyen.com'], ['@adyen/api-library'], money),
  service('plaid', ['production.plaid.com', 'sandbox.plaid.com'], ['plaid'], money),
  service('shopify', ['*.myshopify.com'], ['@shopify/shopify-api', 'shopify-api-node'], {
    risk: 'critical',
    reason: 'takes orders',
  }),
  service('auth0', ['*.auth0.com'], ['auth0'], signIn),
  service('okta', ['*.okta.com'], ['@okta/okta-sdk-nodejs'], signIn),
  service('twilio', ['api.twilio.com'], ['twilio'], people),
  service('sendgrid', ['api.sendgrid.com'], ['@sendgrid/*'], people),
  service('mailgun', ['api.mailgun.net'], ['mailgun.js', 'mailgun-js'], people),
  service('postmark', ['api.postmarkapp.com'], ['postmark'], people),
  service('resend', ['api.resend.com'], ['resend'], people),
  service('mandrill', ['mandrillapp.com'], ['@mailchimp/mailchimp_transactional'], people),
  service('slack', ['slack.com'], ['@slack/web-api', '@slack/bolt'], people),
  service('slackHooks', ['hooks.slack.com'], ['@slack/webhook'], people),
  service('discord', ['discord.com'], ['discord.js', '@discordjs/rest'], people),
  service('telegram', ['api.telegram.org'], ['telegraf', 'node-telegram-bot-api', 'grammy'], people),
  service('openai', ['api.openai.com'], ['openai']),
  service('anthropic', ['api.anthropic.com'], ['@anthropic-ai/sdk']),
  service('mistral', ['api.mistral.ai'], ['@mistralai/mistralai']),
  service('cohere', ['api.cohere.com'], ['cohere-ai']),
  service('replicate', ['api.replicate.com'], ['replicate']),
  service('aws', ['*.amazonaws.com'], ['@aws-sdk/client-*', 'aws-sdk']),
  service('google', ['*.googleapis.com'], ['googleapis', '@google-cloud/*', '@googlemaps/*', 'firebase-admin']),
  service('azureBlobs', ['*.blob.core.windows.net'], ['@azure/storage-blob']),
  service('notion', ['api.notion.com'], ['@notionhq/client']),
  service('airtable', ['api.airtable.com'], ['airtable']),
  service('linear', ['api.linear.app'], ['@linear/sdk']),
  service('jira', ['*.atlassian.net'], ['jira.js', 'jira-client']),
  service('hubspot', ['api.hubapi.com'], ['@hubspot/api-client']),
  service('salesforce', ['*.salesforce.com'], ['jsforce']),
  service('intercom', ['api.intercom.io'], ['intercom-client']),
  service('contentful', ['cdn.contentful.com', 'api.contentful.com'], ['contentful', 'contentful-management']),
  service('algolia', ['*.algolia.net'], ['algoliasearch']),
  service('supabase', ['*.supabase.co'], ['@supabase/supabase-js']),
  service('dropbox', ['api.dropboxapi.com', 'content.dropboxapi.com'], ['dropbox']),
  service('cloudinary', ['api.cloudinary.com'], ['cloudinary']),
  service('sentry', ['*.ingest.sentry.io', '*.ingest.us.sentry.io'], ['@sentry/node'], telemetry),
  service('segment', ['api.segment.io'], ['@segment/analytics-node', 'analytics-node'], telemetry),
  service('mixpanel', ['api.mixpanel.com'], ['mixpanel'], telemetry),
  service('posthog', ['us.i.posthog.com', 'eu.i.posthog.com'], ['posthog-node'], telemetry),
  service('npmRegistry', ['registry.npmjs.org'], []),
]

const byName = new Map(knownServices.map((known) => [known.name, known]))
const byHost = new Map(
  knownServices.flatMap((known) => known.origins.map((origin) => [origin.slice(8), known] as const)),
)
const byPackage = new Map(knownServices.flatMap((known) => known.packages.map((name) => [name, known] as const)))
const prefixes = [...byPackage]
  .filter(([name]) => name.endsWith('*'))
  .map(([name, known]) => [name.slice(0, -1), known] as const)

/** The service of that name. */
export function serviceNamed(name: string): KnownService | undefined {
  return byName.get(name)
}

/** The service that an npm package talks to. */
export function serviceOfPackage(name: string): KnownService | undefined {
  return byPackage.get(name) ?? prefixes.find(([prefix]) => name.startsWith(prefix))?.[1]
}

/** The service at a host without port. */
export function serviceAtHost(host: string): KnownService | undefined {
  for (let at = host; at.includes('.'); at = at.slice(at.indexOf('.') + 1)) {
    const known = byHost.get(at === host ? host : `*.${at}`)
    if (known) return known
  }
  return undefined
}

/** The service whose credential a variable holds, by its name: `STRIPE_SECRET_KEY`. */
export function serviceOfCredential(variable: string): KnownService | undefined {
  const [, stem] =
    /^(.+?)_(?:(?:API|SECRET|ACCESS|ACCOUNT|AUTH|BOT|APP|PRIVATE|REST)_)*(?:KEY|TOKEN|SECRET|KEY_ID|PAT|SID)$/.exec(
      variable,
    ) ?? []
  return stem === undefined ? undefined : byName.get(stem.toLowerCase())
}
