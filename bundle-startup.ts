/**
 * Joins the modules that attaching loads into one file. Node takes 0.4 ms to find, read and link a module, and there
 * are more than a hundred; an import of a module of its own takes longer still, as it reads all exports, also those
 * that load more. What else imports one of the joined modules finds it where it was.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { rolldown } from 'rolldown'

/** What every runner loads, and what it loads for a config that names an HTTP boundary. */
const entries = ['runners/in-process-run.js', 'protocols/http/http-protocol.js']
/** As deep as the modules that it is made of, so that what they find by their own place is still there. */
const joined = 'run/startup.js'

/** @param folder - What `tsc` has compiled; changed in place. */
export async function bundleStartup(folder: string): Promise<void> {
  const root = resolve(folder)
  const modules = staticImports(entries.map((entry) => join(root, entry)))
  const bundle = await rolldown({
    input: Object.fromEntries([...modules].map((file) => [relative(root, file).replace(/\.js$/, ''), file])),
    platform: 'node',
    external: (id, importer) => !modules.has(importer === undefined ? id : resolve(dirname(importer), id)),
    logLevel: 'warn',
  })
  await bundle.write({
    dir: root,
    format: 'esm',
    sourcemap: true,
    comments: false,
    entryFileNames: '[name].js',
    chunkFileNames: joined,
    codeSplitting: { groups: [{ name: 'startup', test: (id) => modules.has(id) }] },
  })
  await bundle.close()
  const file = join(root, joined)
  writeFileSync(file, readFileSync(file, 'utf8').replace(builtinImport, fetchBuiltin))
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
