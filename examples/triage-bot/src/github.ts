import { Octokit } from '@octokit/rest'

/** Where the bot works: `owner/name`. */
export interface Repository {
  readonly owner: string
  readonly repo: string
}

export function createGitHub(token: string | undefined): Octokit {
  return new Octokit({
    userAgent: 'triage-bot/1.0',
    ...(token && { auth: token }),
    log: { debug() {}, info() {}, warn: console.warn, error() {} },
  })
}

export function parseRepository(fullName: string): Repository {
  const [owner = '', repo = ''] = fullName.split('/')
  return { owner, repo }
}
