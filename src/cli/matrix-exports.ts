import { resolve } from 'node:path'
import { writeWhole } from '../files/write-whole.ts'
import type { MatrixDocument } from '../run/matrix/document.ts'
import { textOption } from './arguments.ts'
import type { CommandContext, CommandOption } from './command.ts'
import { packageVersion } from './package-version.ts'

/** Options of `mortar matrix` for other tools. */
export const exportOptions: Readonly<Record<'sarif' | 'stryker' | 'github', CommandOption>> = {
  sarif: { type: 'string', value: 'FILE', help: 'write the findings as SARIF 2.1.0' },
  stryker: { type: 'string', value: 'FILE', help: 'write the cells as a report of mutation-testing-report-schema' },
  github: { type: 'boolean', help: 'annotate the lines in GitHub Actions (default: in a GitHub workflow)' },
}

/** Writes what the options ask for. Annotations go to stderr, where GitHub Actions reads them too. */
export async function exportMatrix(
  document: MatrixDocument,
  directory: string,
  { values, cwd, env, progress }: Pick<CommandContext, 'values' | 'cwd' | 'env' | 'progress'>,
): Promise<void> {
  const sarif = textOption(values, 'sarif')
  const stryker = textOption(values, 'stryker')
  const isGithub = values['github'] === true || env['GITHUB_ACTIONS'] === 'true'
  const write = (file: string, content: object): void => {
    writeWhole(resolve(cwd, file), `${JSON.stringify(content, undefined, 2)}\n`)
    progress(`mortar: wrote ${file}`)
  }
  if (sarif !== undefined || isGithub) {
    const { findingPlaces } = await import('../run/matrix/export/finding-places.ts')
    const branch = env['GITHUB_BASE_REF']
    const places = findingPlaces(document, { directory, base: branch ? `origin/${branch}` : undefined })
    if (sarif !== undefined) {
      const { toSarif } = await import('../run/matrix/export/sarif.ts')
      write(sarif, toSarif(document, { places, version: packageVersion() }))
    }
    if (isGithub) {
      const { toGithub } = await import('../run/matrix/export/github.ts')
      for (const line of toGithub(document, places)) progress(line)
    }
  }
  if (stryker !== undefined) {
    const { toStryker } = await import('../run/matrix/export/stryker.ts')
    write(stryker, await toStryker(document, packageVersion()))
  }
}
