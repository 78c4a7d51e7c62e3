/** Runs Mortar side by side with its peers and prints the tables: `npm run bench -- [suite …] [--rounds N]`. */
import { parseArgs } from 'node:util'
import { ablation } from './ablation.ts'
import { inProcess } from './in-process.ts'
import { flatness } from './flatness.ts'
import { importTime } from './import-time.ts'
import { isolation } from './isolation.ts'
import { listener } from './listener.ts'
import { machine } from './machine.ts'
import { matrix } from './matrix.ts'
import { postgresStart } from './postgres-start.ts'
import { record } from './project.ts'
import { shop } from './shop.ts'
import { suite } from './suite.ts'
import { tlsProxy } from './tls-proxy.ts'
import { wire } from './wire.ts'

const suites: Readonly<Record<string, { title: string; run: (rounds: number) => Promise<string> }>> = {
  'in-process': {
    title: 'In-process replay (2 KB JSON, 10 exchanges)',
    run: async (rounds) => inProcess(rounds, await record(10), progress),
  },
  flatness: {
    title: 'Replay of one out of many (2 KB JSON, chosen at random, 0.7 s of warm-up)',
    run: (rounds) => flatness(rounds, progress),
  },
  import: { title: 'Import', run: (rounds) => importTime(rounds, progress) },
  listener: {
    title: 'Replay by a listener (2 KB JSON, 10 exchanges)',
    run: (rounds) => listener(rounds, progress),
  },
  'tls-proxy': {
    title: 'Decrypting proxy, nothing replayed (2 KB JSON)',
    run: (rounds) => tlsProxy(rounds, progress),
  },
  'postgres-start': {
    title: 'PostgreSQL ready',
    run: (rounds) => postgresStart(rounds, progress),
  },
  isolation: {
    title: 'A state of its own for each test',
    run: (rounds) => isolation(rounds, progress),
  },
  wire: {
    title: 'PostgreSQL through a proxy',
    run: (rounds) => wire(rounds, progress),
  },
  matrix: {
    title: 'The failure matrix',
    run: (rounds) => matrix(rounds, progress),
  },
  shop: {
    title: 'The failure matrix of the example shop, on two cores',
    run: (rounds) => shop(rounds, progress),
  },
  ablation: {
    title: 'What pruning the failure matrix loses',
    run: (rounds) => ablation(rounds, progress),
  },
  suite: {
    title: '500 tests with a private database each',
    run: (rounds) => suite(rounds, progress),
  },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' } },
})
const wanted = positionals.length > 0 ? positionals : Object.keys(suites)
console.log(machine())
for (const name of wanted) {
  const suite = suites[name]
  if (!suite) throw new Error(`no suite is called ${name}; there are ${Object.keys(suites).join(', ')}`)
  const started = performance.now()
  const result = await suite.run(Number(values.rounds))
  console.log(`\n## ${suite.title}\n\n${result}\n\n(${Math.round((performance.now() - started) / 1000)} s)`)
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}
