import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { writeWhole } from '../../../files/write-whole.ts'
import { moduleParts, type ModulePart } from './module-parts.ts'
import type { Parse } from './syntax-node.ts'

/** Parts of modules, by the hash of their content; a module is read once. */
export interface KnownParts {
  /** @param path - Absolute; what it holds now has this hash. @returns `undefined` where the source is gone, or cannot be read. */
  of(path: string, hash: string): readonly ModulePart[] | undefined
  /** Of an earlier content, as far as that is known. */
  before(hash: string): readonly ModulePart[] | undefined
  /** Keeps them. @param hashes - The only contents of which they are. */
  save(hashes?: ReadonlySet<string>): void
}

/** Where parts are kept, and whose they are. */
export interface KnownPartsOptions {
  readonly file: string
  /** Of the project, whose vite has the parser. */
  readonly directory: string
  /** What they are read with, Mortar itself among it: by another one, modules have other parts. */
  readonly by: string
}

export function openKnownParts({ file, directory, by }: KnownPartsOptions): KnownParts {
  const before = readKept(file)
  const known = new Map(before?.by === by ? Object.entries(before.parts) : [])
  let isKept = true
  let parse: Parse | undefined
  return {
    of(path, hash) {
      const found = known.get(hash)
      if (found !== undefined) return found ?? undefined
      if (!existsSync(path)) return undefined
      parse ??= parserOf(directory)
      const parts = parse && moduleParts(readFileSync(path, 'utf8'), path, parse)
      known.set(hash, parts ?? null)
      isKept = false
      return parts
    },
    before: (hash) => known.get(hash) ?? undefined,
    save(hashes) {
      if (hashes) for (const hash of known.keys()) if (!hashes.has(hash) && known.delete(hash)) isKept = false
      if (isKept) return
      isKept = true
      writeWhole(file, JSON.stringify({ by, parts: Object.fromEntries(known) } satisfies Kept))
    },
  }
}

/** The parser with which vite reads modules, and their marks are made. */
function parserOf(directory: string): Parse | undefined {
  try {
    const vitest = createRequire(createRequire(join(directory, 'package.json')).resolve('vitest/package.json'))
    const vite = createRequire(vitest.resolve('vite/package.json'))
    for (const name of ['rolldown/parseAst', 'rollup/parseAst']) {
      const found = resolved(vite, name)
      if (found !== undefined) return (vite(found) as { parseAst: Parse }).parseAst
    }
  } catch {
    // Then modules count as a whole.
  }
  return undefined
}

function resolved(from: NodeJS.Require, name: string): string | undefined {
  try {
    return from.resolve(name)
  } catch {
    return undefined
  }
}

interface Kept {
  readonly by: string
  /** By the hash of their content; `null` where the source cannot be read. */
  readonly parts: Readonly<Record<string, readonly ModulePart[] | null>>
}

function readKept(file: string): Kept | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}
