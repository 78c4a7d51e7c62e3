import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/run/load-config.ts'
import type { ProposedBoundary } from '../../src/run/init/propose.ts'
import type { ProposedServer } from '../../src/run/init/propose-servers.ts'
import type { Runner } from '../../src/run/init/detect-runner.ts'
import { type Project, project } from '../support/project.ts'

interface Printed {
  readonly config: string
  readonly text: string
  readonly boundaries: readonly ProposedBoundary[]
  readonly servers: readonly ProposedServer[]
  readonly unattached: readonly { readonly protocol: string; readonly address: string }[]
  readonly doubtful: readonly { readonly origin: string; readonly why: string }[]
  readonly skipped: readonly { readonly path: string; readonly why: string }[]
  readonly runner: Runner
}

async function initJson(here: Project, ...args: string[]): Promise<Printed> {
  const { code, stdout, stderr } = await here.mortar(['init', '--json', ...args])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout) as Printed
}

function named(printed: Printed, name: string): ProposedBoundary {
  const found = printed.boundaries.find((boundary) => boundary.name === name)
  expect(found, `${name} among ${printed.boundaries.map((each) => each.name).join(', ')}`).toBeDefined()
  return found!
}

const manifest = (content: object): string => JSON.stringify({ type: 'module', ...content }, null, 2)

describe('mortar init', () => {
  it('writes a config that loads, with the evidence beside each boundary', async () => {
    const here = project({
      files: {
        'package.json': manifest({
          scripts: { test: 'vitest run' },
          dependencies: { '@octokit/rest': '22.0.0', stripe: '18.0.0', pg: '8.0.0' },
          devDependencies: { vitest: '5.0.0', typescript: '7.0.0', mortar: '0.1.0' },
        }),
        '.env.example': 'STRIPE_API_BASE=https://api.stripe.com\nORDERS_API_URL=http://localhost:4100\n',
        'src/weather.ts': "export const base = process.env.WEATHER_URL ?? 'https://api.openweathermap.org/data'\n",
      },
    })
    const { code, stdout } = await here.mortar(['init'])
    expect(code).toBe(0)
    expect(stdout).toContain('mortar.config.ts')
    expect(stdout).toContain('.mortar/ to .gitignore')
    expect(stdout).toContain("`mortar()` from 'mortar/vitest'")
    expect(here.read('.gitignore')).toBe('.mortar/\n')
    const text = here.read('mortar.config.ts')
    expect(text).toContain('// src/weather.ts:1 reads WEATHER_URL')
    expect(text).toContain("database: postgres({ env: 'DATABASE_URL' }),")
    const config = await loadConfig({ directory: here.directory, env: {} })
    expect(
      config.boundaries.map(({ name, input }) => [name, input.origin, input.owner, input.risk, input.env]),
    ).toEqual([
      ['stripe', 'https://api.stripe.com', 'external', 'critical', 'STRIPE_API_BASE'],
      ['orders', 'http://localhost:4100', undefined, undefined, 'ORDERS_API_URL'],
      ['github', 'https://api.github.com', 'external', undefined, undefined],
      ['weather', 'https://api.openweathermap.org', 'external', undefined, 'WEATHER_URL'],
      ['database', undefined, undefined, undefined, 'DATABASE_URL'],
    ])
    const mapped = await here.mortar(['map'])
    expect({ code: mapped.code, stderr: mapped.stderr }).toEqual({ code: 0, stderr: '' })
    expect(mapped.stdout).toContain('No recordings yet')
  })

  it('puts what several places say of one service into one boundary', async () => {
    const here = project({
      files: {
        'package.json': manifest({ dependencies: { octokit: '5.0.0' } }),
        '.env': 'GITHUB_TOKEN=x\nGITHUB_API_URL=https://api.github.com\n',
        'src/a.js': "fetch('https://api.github.com/user')\n",
        'contracts/github.openapi.json': JSON.stringify({
          openapi: '3.1.0',
          servers: [{ url: 'https://api.github.com' }],
        }),
      },
    })
    const printed = await initJson(here)
    expect(printed.boundaries).toHaveLength(1)
    const github = named(printed, 'github')
    expect(github).toMatchObject({ env: 'GITHUB_API_URL', contract: 'contracts/github.openapi.json', aliases: [] })
    expect(github.evidence.map(({ where }) => where)).toEqual([
      'package.json:4',
      '.env:1',
      '.env:2',
      'src/a.js:1',
      'contracts/github.openapi.json:1',
    ])
  })

  it('calls critical what moves money, by its names and by the paths that are asked for', async () => {
    const here = project({
      files: {
        '.env': [
          'GATEWAY_URL=https://api.acquirer.io',
          'PSP_URL=https://api.clearing.io',
          'CATALOG_URL=https://api.catalog.io',
          'ACME_URL=https://api.acmepay.io',
          'PAYLOAD_URL=https://api.payload-store.io',
        ].join('\n'),
        'src/pay.ts': [
          "import { log } from './billing/log.js'",
          'const token = process.env.TOKEN',
          'const gateway = process.env.GATEWAY_URL',
          "export const charge = () => fetch(gateway + '/v1/charges', { method: 'POST' })",
        ].join('\n'),
        'src/settle.py': 'import os\nurl = os.environ["PSP_URL"] + "/s3cr3t/refunds/now"\n',
        'src/app.ts': [
          'const catalog = process.env.CATALOG_URL',
          "app.post('/checkout', () => fetch(`${catalog}/books`))",
        ].join('\n'),
        'src/direct.ts': "await fetch('https://api.ledgerless.io/v2/payouts')\n",
      },
    })
    const printed = await initJson(here)
    const risks = Object.fromEntries(printed.boundaries.map(({ name, risk, riskReason }) => [name, [risk, riskReason]]))
    expect(risks).toEqual({
      gateway: ['critical', 'moves money, as src/pay.ts:4 asks for /charges'],
      psp: ['critical', 'moves money, as src/settle.py:2 asks for /refunds'],
      ledgerless: ['critical', 'moves money, as src/direct.ts:1 asks for /payouts'],
      acme: ['critical', 'moves money, as `acmepay` in its name says'],
      catalog: [undefined, undefined],
      payload: [undefined, undefined],
    })
    const text = here.read('mortar.config.mjs')
    expect(text).toContain("risk: 'critical', // moves money, as src/pay.ts:4 asks for /charges")
    expect(text).not.toContain('s3cr3t')
  })

  it('never shows or writes a secret of an .env file', async () => {
    const secrets = ['s3cr3tpass', 'sk_live_4eC39HqLyjWDarj', 'queryt0ken', 'pathhook99', 'mult1line', 'us3rname']
    const here = project({
      files: {
        '.env': [
          'DATABASE_URL=postgres://us3rname:s3cr3tpass@db.acme.io:5432/shop',
          'STRIPE_SECRET_KEY=sk_live_4eC39HqLyjWDarj',
          'WEATHER_URL="https://us3rname:s3cr3tpass@api.weather.io/v1?appid=queryt0ken"',
          'HOOK_URL=https://hooks.acme.io/services/pathhook99#s3cr3tpass',
          'BROKEN_URL=https://s3cr3tpass@:99999/',
          'ODD_URL=https://us3rname:s3cr3t@pass@x.acme.io/',
          'KEY="-----BEGIN',
          'mult1line=s3cr3tpass',
          '"',
          's3cr3tpass',
        ].join('\n'),
        'compose.yml':
          'services:\n  web:\n    build: .\n    environment:\n      - PAY_URL=https://us3rname:s3cr3tpass@pay.acme.io/x\n',
      },
    })
    const [shown, json, written] = [
      await here.mortar(['init', '--dry-run']),
      await here.mortar(['init', '--json', '--dry-run']),
      await here.mortar(['init']),
    ]
    const everything =
      [shown, json, written].map(({ stdout, stderr }) => stdout + stderr).join('') + here.read('mortar.config.mjs')
    for (const secret of secrets) if (secret !== 'mult1line') expect(everything).not.toContain(secret)
    expect(everything).toContain('https://api.weather.io')
    expect(everything).toContain('https://pay.acme.io')
    expect(everything).toContain("database: postgres({ env: 'DATABASE_URL' })")
  })

  it('reads Compose files for what is started and for addresses in environments', async () => {
    const here = project({
      files: {
        'docker-compose.yml': [
          'services:',
          '  db: { image: "postgres:16", ports: ["5433:5432"] }',
          '  search: { image: "elasticsearch:8.1.0", ports: ["127.0.0.1:9201:9200"] }',
          '  web:',
          '    build: .',
          '    environment:',
          '      DATABASE_URL: postgres://u:p@db:5432/x',
          '      BILLING_URL: http://billing:8080',
        ].join('\n'),
      },
    })
    const printed = await initJson(here)
    expect(named(printed, 'search')).toMatchObject({ origin: 'http://localhost:9201' })
    expect(named(printed, 'search').owner).toBeUndefined()
    expect(named(printed, 'billing')).toMatchObject({
      origin: 'http://billing:8080',
      env: 'BILLING_URL',
      risk: 'critical',
    })
    expect(printed.unattached).toEqual([])
    expect(printed.servers).toMatchObject([{ name: 'database', protocol: 'postgres', env: 'DATABASE_URL' }])
  })

  it('suggests databases, caches and brokers as servers to start, one for each variable', async () => {
    const here = project({
      files: {
        'package.json': manifest({ dependencies: { pg: '8', ioredis: '5', amqplib: '1', kafkajs: '2' } }),
        '.env': [
          'DATABASE_URL=postgres://u:p@localhost:5432/shop',
          'DIRECT_URL=postgres://u:p@localhost:5432/shop',
          'REDIS_URL=redis://localhost',
          'SESSIONS_REDIS_URL=redis://sessions:6379',
        ].join('\n'),
        'compose.yml': 'services:\n  queue: { image: "rabbitmq:4" }\n',
        'db/migrations/001_orders.sql': 'create table orders (id int)',
        'other/migrations/001.up.sql': 'create table a (id int)',
        'other/migrations/001.down.sql': 'drop table a',
      },
    })
    const printed = await initJson(here)
    expect(printed.servers.map(({ name, protocol, env }) => [name, protocol, env])).toEqual([
      ['database', 'postgres', 'DATABASE_URL'],
      ['redis', 'redis', 'REDIS_URL'],
      ['sessionsRedis', 'redis', 'SESSIONS_REDIS_URL'],
      ['amqp', 'amqp', 'AMQP_URL'],
    ])
    expect(printed.unattached).toMatchObject([{ protocol: 'kafka' }])
    const text = here.read('mortar.config.mjs')
    expect(text).toContain("import { defineConfig, postgres, rabbitmq, redis } from 'mortar'")
    expect(text).toContain("database: postgres({ env: 'DATABASE_URL', migrations: 'db/migrations' }),")
    expect(text).toContain("amqp: rabbitmq({ env: 'AMQP_URL' }),")
    expect(text).toContain('// compose.yml:2 service queue runs rabbitmq:4')
    const config = await loadConfig({ directory: here.directory, env: {} })
    expect(config.boundaries.map(({ name }) => name)).toEqual(printed.servers.map(({ name }) => name))
  })

  it('knows a server by the variable that the code reads, where the project has a driver for it', async () => {
    const here = project({
      files: {
        'package.json': manifest({
          dependencies: { ioredis: '5', nats: '2', mqtt: '5' },
          devDependencies: { pg: '8', amqplib: '1', kafkajs: '2' },
        }),
        'src/db.js': [
          "import pg from 'pg'",
          '// process.env.OLD_DATABASE_URL',
          'export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })',
        ].join('\n'),
        'src/others.js': [
          'const { CACHE_URL, PORT } = process.env',
          "const queue = process.env['RABBITMQ_URL'] ?? process.env.BROKER_URL",
          'const sent = process.env.MYSQL_URL ?? process.env.TEST_DATABASE_URL',
        ].join('\n'),
        'test/db.test.js': 'process.env.SESSIONS_DATABASE_URL',
        'migrations/001.sql': 'create table orders (id int)',
      },
    })
    const { servers } = await initJson(here)
    expect(servers.map(({ protocol, env }) => [protocol, env]).toSorted()).toEqual([
      ['amqp', 'RABBITMQ_URL'],
      ['mqtt', 'MQTT_URL'],
      ['nats', 'NATS_URL'],
      ['postgres', 'DATABASE_URL'],
      ['redis', 'CACHE_URL'],
    ])
    const text = here.read('mortar.config.mjs')
    expect(text).toContain('// src/db.js:3 reads DATABASE_URL')
    expect(text).toContain("database: postgres({ env: 'DATABASE_URL', migrations: 'migrations' }),")
  })

  it.each([
    [['prisma/schema.prisma', 'prisma/migrations/1_a/migration.sql'], 'prisma migrate deploy', ['prisma']],
    [['prisma/schema.prisma'], 'prisma db push', ['prisma']],
    [['drizzle.config.ts', 'drizzle/0000_a.sql'], 'drizzle-kit migrate', ['drizzle.config.ts', 'drizzle']],
    [['knexfile.js', 'migrations/1_a.js'], 'knex migrate:latest', ['knexfile.js', 'migrations']],
  ])('suggests the command that migrates the database, by %j', async (paths, command, inputs) => {
    const files = Object.fromEntries(paths.map((path) => [path, '']))
    const here = project({ files: { ...files, 'package.json': manifest({ dependencies: { pg: '8' } }) } })
    expect((await initJson(here)).servers).toMatchObject([{ migrations: { command, inputs } }])
    expect((await loadConfig({ directory: here.directory, env: {} })).boundaries).toMatchObject([
      { input: { protocol: 'postgres', migrations: { command, inputs } } },
    ])
  })

  it('takes addresses from code, not from comments, links, specifications or tests', async () => {
    const here = project({
      files: {
        'src/a.ts': [
          '// https://api.comment.io/v1',
          '/* "https://api.block.io/v1" */',
          "const svg = 'http://www.w3.org/2000/svg'",
          "export const help = 'https://shop.acme.io/help'",
          'await fetch(`https://api.acme.io/users/${id}`)',
          "const sample = 'https://api.example.com/v1'",
          'const quote = /["\']/',
          "await fetch('https://rates.bank.io/v2/rates')",
        ].join('\n'),
        'src/a.test.ts': "fetch('https://api.onlytest.io/v1')",
        'app.py': '"""https://api.docstring.io"""\n# https://api.hash.io\nrequests.get("https://api.python.io/v1")\n',
      },
    })
    const printed = await initJson(here)
    expect(printed.boundaries.map(({ origin }) => origin).toSorted()).toEqual([
      'https://api.acme.io',
      'https://api.python.io',
      'https://rates.bank.io',
    ])
    expect(printed.doubtful).toMatchObject([
      { origin: 'https://api.onlytest.io', why: 'only in tests, examples or documentation' },
      { origin: 'https://shop.acme.io', why: 'looks like a link for people' },
    ])
  })

  it('writes plain data for a project without package.json, which loads without the package', async () => {
    const here = project()
    const bare = join(here.directory, 'service')
    here.write('service/requirements.txt', 'requests\n')
    here.write('service/app.py', 'requests.get("https://api.acme.io/v1")\n')
    const { code, stdout } = await here.mortar(['init'], { cwd: bare })
    expect(code).toBe(0)
    expect(stdout).toContain('mortar run -- COMMAND')
    expect(here.read('service/mortar.config.mjs')).not.toContain('import')
    const config = await loadConfig({ directory: bare, env: {} })
    expect(config).toMatchObject({
      test: 'python3 -m pytest',
      boundaries: [{ name: 'acme', origins: ['https://api.acme.io'] }],
    })
  })

  it.each([
    [{ type: 'module', devDependencies: { typescript: '7' } }, 'mortar.config.ts'],
    [{ devDependencies: { typescript: '7' } }, 'mortar.config.mts'],
    [{ type: 'module' }, 'mortar.config.mjs'],
  ])('chooses a file name that Node takes for a module: %j', async (content, expected) => {
    const here = project({ files: { 'package.json': JSON.stringify(content) } })
    expect((await initJson(here)).config).toBe(expected)
    const mapped = await here.mortar(['map'])
    expect({ code: mapped.code, stderr: mapped.stderr }).toEqual({ code: 0, stderr: '' })
  })

  it.each([
    [{ scripts: { test: 'vitest' } }, 'vitest', undefined],
    [{ devDependencies: { vitest: '5' } }, 'vitest', 'npx vitest run'],
    [{ scripts: { test: 'node --test' } }, 'node-test', undefined],
    [{ scripts: { test: 'jest --ci' }, devDependencies: { jest: '30' } }, 'jest', undefined],
    [{ scripts: { test: 'echo "Error: no test specified" && exit 1' } }, 'none', undefined],
  ])('finds the runner in %j', async (content, name, test) => {
    const printed = await initJson(project({ files: { 'package.json': JSON.stringify(content) } }), '--dry-run')
    expect(printed.runner).toMatchObject({ name, ...(test !== undefined && { test }) })
  })

  it.each([
    [
      'vitest run',
      'vitest.config.ts',
      "import { mortar } from 'mortar/vitest'\nexport default { plugins: [mortar()] }",
    ],
    ['node --test', 'test/a.test.mjs', "import { test } from 'mortar/node-test'\ntest('a', () => {})"],
  ])('does not tell to attach %s where that is done', async (test, path, text) => {
    const content = JSON.stringify({ scripts: { test }, devDependencies: { mortar: '0.1.0' } })
    const without = project({ files: { 'package.json': content } })
    expect((await without.mortar(['init'])).stdout).toMatch(/1\. In (?:vitest\.config|your tests), /)
    const { stdout } = await project({ files: { 'package.json': content, [path]: text } }).mortar(['init'])
    expect(stdout).toContain('1. `npx mortar check` runs your tests')
  })

  it('keeps a config that is there, unless told to replace it', async () => {
    const here = project({ config: 'export default {}' })
    const refused = await here.mortar(['init'])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('mortar.config.mjs is there already')
    expect(here.read('mortar.config.mjs')).toBe('export default {}')
    expect(here.has('.gitignore')).toBe(false)
    expect((await here.mortar(['init', '--force'])).stdout).toContain('Replaced mortar.config.mjs')
    expect(here.read('mortar.config.mjs')).toContain('defineConfig')
  })

  it('writes nothing in a dry run', async () => {
    const here = project({ files: { 'a.js': "fetch('https://api.acme.io')" } })
    const before = here.files()
    const { stdout } = await here.mortar(['init', '--dry-run'])
    expect(stdout).toContain("origin: 'https://api.acme.io'")
    expect(stdout).toContain('Nothing was written')
    expect(here.files()).toEqual(before)
    expect(here.has('mortar.config.mjs')).toBe(false)
  })

  it('adds to a .gitignore once, and keeps what it holds', async () => {
    const here = project({ files: { '.gitignore': 'node_modules' } })
    await here.mortar(['init'])
    await here.mortar(['init', '--force'])
    expect(here.read('.gitignore')).toBe('node_modules\n.mortar/\n')
  })

  it('names what it cannot read, and goes on', async () => {
    const here = project({
      files: {
        'package.json': '{ "dependencies": ',
        'compose.yml': 'services: [\n',
        'docker-compose.dev.yml': 'a: &a [*a]\n',
        'openapi.json': '{',
        'swagger.yaml': 'hello: there\n',
        'packages/a/package.json': '[]',
        'src/binary.ts': 'a\0b',
        'src/huge.ts': 'x'.repeat(1_100_000),
        'src/good.ts': "fetch('https://api.acme.io')",
        '.env': '\ufeff=\nA\nB=\nC="unclosed\nhttps://x\n',
      },
    })
    symlinkSync('..', join(here.directory, 'src/loop'))
    symlinkSync('nowhere', join(here.directory, 'src/dangling.ts'))
    const { code, stdout, stderr } = await here.mortar(['init', '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const printed = JSON.parse(stdout) as Printed
    expect(printed.boundaries.map(({ name }) => name)).toEqual(['acme'])
    expect(printed.skipped.map(({ path }) => path).toSorted()).toEqual([
      'compose.yml',
      'docker-compose.dev.yml',
      'openapi.json',
      'package.json',
      'packages/a/package.json',
      'src/binary.ts',
      'src/huge.ts',
      'swagger.yaml',
    ])
  })

  it('says so when it finds nothing, and writes an empty config that loads', async () => {
    const here = project()
    const { code, stdout } = await here.mortar(['init'])
    expect(code).toBe(0)
    expect(stdout).toContain('Found no boundary')
    expect((await loadConfig({ directory: here.directory, env: {} })).boundaries).toEqual([])
  })

  it('fits what it says into 80 columns', async () => {
    const name = 'a-service-with-quite-a-long-name'
    const here = project({
      files: {
        'package.json': manifest({ dependencies: { stripe: '1.0.0' } }),
        [`src/${name}/${name}/${name}.ts`]: `fetch('https://${name}.${name}.acme.io/v1')`,
        '.env': 'A_VARIABLE_WITH_QUITE_A_LONG_NAME_API_BASE_URL=https://a-long-name-of-a-host.services.acme.io/v1',
      },
    })
    const { stdout } = await here.mortar(['init'])
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
