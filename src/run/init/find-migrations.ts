import type { Evidence, ProjectFile } from './evidence.ts'

/** How a database gets its tables, as far as the names of files tell. */
export interface FoundMigrations extends Evidence {
  /** A folder of `.sql` files, or what is run. */
  readonly migrations: string | { readonly command: string; readonly inputs: readonly string[] }
}

const usualFolder = /(?:^|\/)(?:migrations?|migrate|sql|schema)$/i

/** Finds the migrations of a project: those of Prisma, Drizzle or Knex, else a folder of `.sql` files. */
export function findMigrations(files: readonly ProjectFile[]): FoundMigrations | undefined {
  const paths = files.filter(({ aside }) => !aside).map(({ path }) => path)
  const prisma = paths.find((path) => /(?:^|\/)schema\.prisma$/.test(path))
  if (prisma !== undefined) {
    const folder = folderOf(prisma)
    const under = folder === '' ? 'migrations/' : `${folder}/migrations/`
    const command = paths.some((path) => path.startsWith(under)) ? 'prisma migrate deploy' : 'prisma db push'
    const inputs = [folder === '' ? prisma : folder, ...(folder === '' && command.endsWith('deploy') ? [under] : [])]
    return { migrations: { command, inputs }, where: prisma, why: 'is a schema of Prisma' }
  }
  const folder = sqlFolder(paths)
  const tool = paths.find((path) => /^(?:drizzle\.config|knexfile)\.[cm]?[jt]s$|^drizzle\.config\.json$/.test(path))
  if (tool !== undefined) {
    const [command, title, usual] = tool.startsWith('drizzle')
      ? ['drizzle-kit migrate', 'Drizzle', folder ?? 'drizzle']
      : ['knex migrate:latest', 'Knex', folder ?? 'migrations']
    const inputs = [tool, ...(paths.some((path) => path.startsWith(`${usual}/`)) ? [usual] : [])]
    return { migrations: { command, inputs }, where: tool, why: `is a config of ${title}` }
  }
  return folder === undefined
    ? undefined
    : { migrations: folder, where: folder, why: 'holds .sql files, run in the order of their names' }
}

/** One in which every file may be run: ways back would undo the ways there. */
function sqlFolder(paths: readonly string[]): string | undefined {
  const scripts = paths.filter((path) => path.endsWith('.sql'))
  const back = new Set(
    scripts.filter((path) => /(?:[._-](?:down|undo|rollback)|\/down)\.sql$/i.test(path)).map(folderOf),
  )
  return scripts.map(folderOf).find((folder) => usualFolder.test(folder) && !back.has(folder))
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}
