import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Octokit } from '@octokit/rest'
import { parseRepository } from './github.ts'
import { type Issue, type Rule, triage } from './triage.ts'

interface IssueEvent {
  readonly action: string
  readonly issue: Issue
  readonly repository: { readonly full_name: string }
}

/** Receives GitHub's issue events and triages each issue that is opened. */
export function createBot(github: Octokit, rules: readonly Rule[]): Server {
  return createServer((request, response) => {
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    handle(github, rules, request).then(
      ({ status, body }) => reply(status, body),
      (error: unknown) => reply(502, { error: error instanceof Error ? error.message : String(error) }),
    )
  })
}

async function handle(
  github: Octokit,
  rules: readonly Rule[],
  request: IncomingMessage,
): Promise<{ status: number; body: unknown }> {
  if (request.method !== 'POST' || request.url !== '/webhook') return { status: 404, body: { error: 'not found' } }
  if (request.headers['x-github-event'] !== 'issues') return { status: 202, body: { ignored: true } }
  const event = JSON.parse(await text(request)) as IssueEvent
  if (event.action !== 'opened') return { status: 202, body: { ignored: true } }
  const result = await triage(github, parseRepository(event.repository.full_name), event.issue, rules)
  return { status: 200, body: result }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
