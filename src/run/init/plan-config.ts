import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { configNames } from '../load-config.ts'
import type { Survey } from './survey-project.ts'
import { writeConfig } from './write-config.ts'

/** The config file that `mortar init` suggests. */
export interface ConfigPlan {
  /** Absolute path. */
  readonly file: string
  readonly text: string
  /** Name of a config that is there already; it would be replaced. */
  readonly existing: string | undefined
}

/** Chooses name and text of the config for what a survey found. */
export function planConfig(root: string, survey: Survey): ConfigPlan {
  const existing = configNames.find((name) => existsSync(join(root, name)))
  const { boundaries, servers, unattached, runner, facts } = survey
  // Without a package.json nothing can be installed to import from.
  const imports = facts !== undefined
  return {
    file: join(root, existing ?? newName(survey)),
    text: writeConfig({ boundaries, servers, unattached, test: runner.test, imports }),
    existing,
  }
}

/** A name under which Node takes the file for an ES module without looking into it. */
function newName({ facts, usesTypeScript }: Survey): string {
  if (!usesTypeScript || facts === undefined) return 'mortar.config.mjs'
  return facts.isModule ? 'mortar.config.ts' : 'mortar.config.mts'
}
