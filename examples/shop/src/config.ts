/** What a deployment has to say. */
export interface Config {
  readonly databaseUrl: string
  readonly amqpUrl: string
  readonly stripe: { readonly apiBase: string; readonly secretKey: string }
  readonly smtpUrl: string
  readonly port: number
}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    databaseUrl: required(env, 'DATABASE_URL'),
    amqpUrl: required(env, 'AMQP_URL'),
    stripe: {
      apiBase: env.STRIPE_API_BASE ?? 'https://api.stripe.com',
      secretKey: required(env, 'STRIPE_SECRET_KEY'),
    },
    smtpUrl: required(env, 'SMTP_URL'),
    port: Number(env.PORT ?? 3000),
  }
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
