import { type Octokit } from '@octokit/rest'
import type { Repository } from './github.ts'

/** GitHub does not accept a label; its reason is for whoever wrote the rules. */
export class LabelRejected extends Error {
  override name = 'LabelRejected'
}

export interface Label {
  readonly name: string
  readonly color: string
}

/** Creates the labels that the repository lacks, and returns their names. */
export async function ensureLabels(github: Octokit, at: Repository, wanted: readonly Label[]): Promise<string[]> {
  const { data } = await github.issues.listLabelsForRepo(at)
  const known = new Set(data.map((label) => label.name.toLowerCase()))
  const missing = wanted.filter((label) => !known.has(label.name.toLowerCase()))
  for (const label of missing) await createLabel(github, at, label)
  return missing.map((label) => label.name)
}

export async function createLabel(github: Octokit, at: Repository, label: Label): Promise<void> {
  try {
    await github.issues.createLabel({ ...at, ...label })
  } catch (error) {
    if (!isStatus(error, 422)) throw error
    throw new LabelRejected(`GitHub rejects the label "${label.name}" with color "${label.color}"`, { cause: error })
  }
}

function isStatus(error: unknown, status: number): boolean {
  return error instanceof Error && 'status' in error && error.status === status
}
