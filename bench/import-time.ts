import { spawnSync } from 'node:child_process'
import { Samples } from './measure.ts'
import { makeProject, register, temporaryFolder } from './project.ts'
import { number, table, verdict } from './table.ts'

const peers = {
  undici: 'undici',
  nock: 'nock',
  interceptors: '@mswjs/interceptors/presets/node',
  msw: 'msw/node',
  polly: '@pollyjs/core',
  mockttp: 'mockttp',
} as const

interface Start {
  readonly name: string
  readonly imports: string | undefined
  readonly cwd: string
}

/** How long `node` takes from start to end with something imported, compared with `node -e 0` beside it. */
export async function importTime(rounds: number, progress: (text: string) => void): Promise<string> {
  const origin = 'https://api.example.com'
  const starts: readonly Start[] = [
    { name: 'bare', imports: undefined, cwd: import.meta.dirname },
    { name: 'mortar/register, no config', imports: register, cwd: temporaryFolder('empty') },
    {
      name: 'mortar/register, mortar.config.mjs',
      imports: register,
      cwd: makeProject({ origin, record: 'once' }),
    },
    {
      name: 'mortar/register, mortar.config.ts',
      imports: register,
      cwd: makeProject({ origin, record: 'once', extension: 'ts' }),
    },
    ...Object.entries(peers).map(([name, specifier]) => ({
      name,
      imports: import.meta.resolve(specifier),
      cwd: import.meta.dirname,
    })),
  ]
  const samples = new Samples()
  const repeats = rounds * 5
  for (let round = 0; round <= repeats; round++) {
    if (round % 5 === 1) progress(`import, round ${round} of ${repeats}`)
    for (const { name, imports, cwd } of starts) {
      const started = performance.now()
      const args = [...(imports === undefined ? [] : ['--import', imports]), '-e', '0']
      const { status, stderr } = spawnSync(process.execPath, args, { cwd, env: environment() })
      if (status !== 0) throw new Error(`importing ${name} failed: ${String(stderr)}`)
      // The first round only fills the caches of the file system.
      if (round > 0) samples.add(name, performance.now() - started)
    }
  }
  const bare = samples.median('bare') ?? NaN
  const over = (name: string): number => (samples.median(name) ?? NaN) - bare
  const rows = starts.map(({ name }) => [
    name,
    number(samples.median(name), 1),
    name === 'bare' ? '–' : number(over(name), 1),
  ])
  return [
    table(['', 'ms', 'over bare node'], rows),
    [
      verdict('import without a config, ms', over('mortar/register, no config'), 30, 'low'),
      verdict('import with mortar.config.mjs, ms', over('mortar/register, mortar.config.mjs'), 30, 'low'),
    ].join('\n'),
  ].join('\n\n')
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _options, CI: _ci, ...rest } = process.env
  return rest
}
