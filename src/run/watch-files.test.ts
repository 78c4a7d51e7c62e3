import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { filesIn } from './matrix/cache/project-files.ts'
import { type FileWatch, watchFiles } from './watch-files.ts'

function watched(files: readonly string[]): { readonly folder: string; readonly watch: FileWatch } {
  const folder = mkdtempSync(join(tmpdir(), 'watched-'))
  for (const file of files) write(folder, file)
  const watch = watchFiles(folder, () => filesIn(folder))
  onTestFinished(() => {
    watch.close()
    rmSync(folder, { recursive: true })
  })
  return { folder, watch }
}

function write(folder: string, file: string): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), String(Math.random()))
}

/** What is told until all of this was. */
async function told(watch: FileWatch, wanted: readonly string[]): Promise<readonly string[]> {
  const all = new Set<string>()
  while (!wanted.every((file) => all.has(file)))
    for (const one of await watch.next(new AbortController().signal)) all.add(one)
  return [...all].toSorted()
}

it('tells what was written, removed or added, also in folders that are new or were replaced', async () => {
  const { folder, watch } = watched(['a.ts', 'src/b.ts', 'src/deep/c.ts'])
  write(folder, 'src/b.ts')
  rmSync(join(folder, 'a.ts'))
  expect(await told(watch, ['src/b.ts', 'a.ts'])).toEqual(['a.ts', 'src/b.ts'])
  write(folder, 'new/far/d.ts')
  expect(await told(watch, ['new/far/d.ts'])).toEqual(['new/far/d.ts'])
  write(folder, 'new/far/d.ts')
  expect(await told(watch, ['new/far/d.ts'])).toEqual(['new/far/d.ts'])
  // As git does with another branch.
  cpSync(join(folder, 'src'), join(folder, 'other'), { recursive: true })
  rmSync(join(folder, 'src'), { recursive: true })
  cpSync(join(folder, 'other'), join(folder, 'src'), { recursive: true })
  await told(watch, ['src/deep/c.ts'])
  write(folder, 'src/deep/c.ts')
  expect(await told(watch, ['src/deep/c.ts'])).toContain('src/deep/c.ts')
})

it('tells nothing of what is not listed, and nothing any more once that is not wanted', async () => {
  const { folder, watch } = watched(['a.ts'])
  write(folder, '.hidden/x')
  write(folder, 'node_modules/y/z.js')
  write(folder, 'a.ts')
  expect(await told(watch, ['a.ts'])).toEqual(['a.ts'])
  expect(watch.take()).toEqual([])
  expect(await watch.next(AbortSignal.abort())).toEqual([])
})
