import { type Octokit } from '@octokit/rest'
import type { Repository } from './github.ts'

export interface Issue {
  readonly number: number
  readonly title: string
  readonly body?: string | null
}

/** Issues whose text matches get the labels; `lock` stops the conversation too. */
export interface Rule {
  readonly match: RegExp
  readonly labels: readonly string[]
  readonly lock?: boolean
}

export interface Triaged {
  readonly labels: readonly string[]
  readonly locked: boolean
}

export async function triage(github: Octokit, at: Repository, issue: Issue, rules: readonly Rule[]): Promise<Triaged> {
  const text = `${issue.title}\n${issue.body ?? ''}`
  const hits = rules.filter((rule) => rule.match.test(text))
  const wanted = [...new Set(hits.flatMap((rule) => rule.labels))]
  const locked = hits.some((rule) => rule.lock)
  const labels =
    wanted.length === 0
      ? []
      : (await github.issues.addLabels({ ...at, issue_number: issue.number, labels: wanted })).data.map(
          ({ name }) => name,
        )
  if (locked) await github.issues.lock({ ...at, issue_number: issue.number })
  return { labels, locked }
}

/** Issues of the repository that mention the same word, best match first. */
export async function findDuplicates(github: Octokit, { owner, repo }: Repository, word: string): Promise<string[]> {
  const { data } = await github.search.issuesAndPullRequests({ q: `${word} repo:${owner}/${repo}` })
  return data.items.map((item) => item.title)
}

/** Every open issue, however many pages there are. */
export async function backlog(github: Octokit, at: Repository, perPage = 100): Promise<Issue[]> {
  const issues = await github.paginate(github.issues.listForRepo, { ...at, per_page: perPage })
  return issues.map(({ number, title, body }) => ({ number, title, body: body ?? null }))
}
