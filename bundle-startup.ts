/**
 * Joins the modules that attaching loads into one file. Node takes 0.4 ms to find, read and link a module, and there
 * are more than a hundred; an import of a module of its own takes longer still, as it reads all exports, also those
 * that load more. What else imports one of the joined modules finds it where it was.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'

/**
 * What is joined, and into which file, as deep as the modules that it is made of. A module belongs to the first one
 * that loads it.
 */
const joints: readonly { readonly file: string; readonly entries: readonly string[] }[] = [
  // What every process of a matrix loads, whatever it is.
  { file: 'engine/clients.js', entries: ['engine/follow-clients.js'] },
  // What every runner loads, what a config does, and what is loaded for one that names a boundary over HTTP or plain TCP.
  {
    file: 'run/startup.js',
    entries: [
      'runners/in-process-run.js',
      'index.js',
      'protocols/http/http-protocol.js',
      'protocols/tcp/tcp-protocol.js',
    ],
  },
  // What it loads besides for one that names a PostgreSQL database.
  {
    file: 'run/servers.js',
    entries: [
      'run/worker-servers.js',
      'protocols/postgres/postgres-wire.js',
      'services/postgres-isolation/isolate.js',
      'services/postgres-isolation/look.js',
    ],
  },
  // The same for RabbitMQ.
  { file: 'run/rabbitmq.js', entries: ['protocols/amqp/amqp-wire.js', 'services/rabbitmq-isolation/isolate.js'] },
  // What tests load themselves, and vitest before each file of them; that itself has to be evaluated each time.
  {
    file: 'runners/testing.js',
    entries: ['faults.js', 'runners/vitest.js', 'runners/vitest-setup.js'],
  },
  // What runs their cells.
  { file: 'runners/cells.js', entries: ['runners/vitest-matrix.js', 'runners/node-test-matrix.js'] },
]

/** They are left as they are, each for its reason. */
const apart: readonly string[] = [
  // It finds what it starts in its own folder.
  'services/keeper/start-keeper.js',
  // What they say comes before a node that is too old meets anything that it does not know.
  'core/refuse-old-node.js',
  'core/node-too-old.js',
  'runners/vitest.js',
  // Vitest evaluates it for each file of tests.
  'runners/vitest-setup.js',
  // What loads them needs nothing else: the thread that watches a worker of a matrix, and any process of `node --test`.
  'core/memory-size.js',
  'runners/loaded-files.js',
]

/** @param folder - What `tsc` has compiled; changed in place. */
export async function bundleStartup(folder: string): Promise<void> {
  const root = resolve(folder)
  const joint = new Map<string, string>()
  const left = new Set(apart.map((module) => join(root, module)))
  for (const { file, entries } of joints) {
    for (const module of staticImports(entries.map((entry) => join(root, entry)))) {
      if (!left.has(module) && !joint.has(module)) joint.set(module, file)
    }
  }
  const bundle = await rolldown({
    input: Object.fromEntries([...joint.keys()].map((file) => [relative(root, file).replace(/\.js$/, ''), file])),
    // The names of modules in what is written are relative to it: they are the same wherever it is built.
    cwd: root,
    platform: 'node',
    external: (id, importer) => !joint.has(importer === undefined ? id : resolve(dirname(importer), id)),
    logLevel: 'warn',
  })
  await bundle.write({
    dir: root,
    format: 'esm',
    sourcemap: true,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]',
    codeSplitting: { groups: joints.map(({ file }) => ({ name: file, test: (id) => joint.get(id) === file })) },
  })
  await bundle.close()
  for (const { file } of joints) {
    const path = join(root, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace(builtinImport, fetchBuiltin))
  }
}

/** Everything that loading `files` loads, unless it is asked for later by `import()`. */
function staticImports(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (file: string): void => {
    if (found.has(file)) return
    found.add(file)
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(localImport)) {
      visit(resolve(dirname(file), specifier))
    }
  }
  files.forEach(visit)
  return found
}

const localImport = /^(?:import|export) (?:[\w$*{},\s]+ from )?['"](\.[^'"]+)['"];$/gm
const builtinImport = /^import (?:(\w+)|\* as (\w+)|(?:(\w+), )?(\{[^}]*\})) from "(node:[^"]+)";$/gm

/** An import of a builtin reads every export of it: `fs.promises`, `crypto.webcrypto` and more are loaded for that. */
function fetchBuiltin(
  _line: string,
  whole?: string,
  all?: string,
  beside?: string,
  names?: string,
  id?: string,
): string {
  const module = `process.getBuiltinModule("${id}")`
  const name = whole ?? all ?? beside
  const some = names === undefined ? [] : [`${names.replaceAll(' as ', ': ')} = ${module}`]
  return `const ${[...(name === undefined ? [] : [`${name} = ${module}`]), ...some].join(', ')};`
}
