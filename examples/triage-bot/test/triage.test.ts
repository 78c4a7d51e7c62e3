import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { mortarTest } from 'mortar/vitest'
import { afterEach, expect, test } from 'vitest'
import { createGitHub, parseRepository } from '../src/github.ts'
import { createLabel, ensureLabels, LabelRejected } from '../src/labels.ts'
import { createBot } from '../src/server.ts'
import { backlog, findDuplicates, type Rule } from '../src/triage.ts'

// The repositories in which the recordings were made.
const made = 'octokit-fixture-org/tmp-scenario-'
const github = createGitHub('a-token-that-github-does-not-know')
const closing: (() => void)[] = []
afterEach(() => closing.splice(0).forEach((close) => close()))

test('an opened issue gets the labels of the rules it matches', async () => {
  mortarTest.use('imported/add-labels-to-issue')
  const repository = `${made}add-labels-to-issue-20220719043651190-v2c1k`
  const rules = [{ match: /without a label/i, labels: ['Foo', 'bAr', 'baZ'] }]
  const answer = await deliver(rules, 'opened', repository, { number: 1, title: 'Issue without a label' })
  expect(answer).toEqual({ status: 200, body: { labels: ['Foo', 'bAr', 'baZ'], locked: false } })
})

test('an issue that a rule locks is locked', async () => {
  mortarTest.use('imported/lock-issue')
  const repository = `${made}lock-issue-20220719043820995-xyg54`
  const rules = [{ match: /label/, labels: [], lock: true }]
  const answer = await deliver(rules, 'opened', repository, { number: 1, title: 'Issue without a label' })
  expect(answer).toEqual({ status: 200, body: { labels: [], locked: true } })
})

test('other events ask GitHub nothing', async () => {
  const answer = await deliver([], 'closed', 'octokit-fixture-org/hello-world', { number: 1, title: 'Any' })
  expect(answer).toEqual({ status: 202, body: { ignored: true } })
})

test('an issue without a matching rule asks GitHub nothing', async () => {
  const answer = await deliver([], 'opened', 'octokit-fixture-org/hello-world', { number: 1, title: 'Any' })
  expect(answer).toEqual({ status: 200, body: { labels: [], locked: false } })
})

test('creates only the labels that the repository lacks', async () => {
  mortarTest.use('imported/labels')
  const at = parseRepository(`${made}labels-20220719043808548-dbtiq`)
  const wanted = [
    { name: 'bug', color: 'd73a4a' },
    { name: 'test-label', color: '663399' },
  ]
  expect(await ensureLabels(github, at, wanted)).toEqual(['test-label'])
})

test('a label that GitHub rejects is named to whoever wrote the rules', async () => {
  mortarTest.use('imported/errors')
  const at = parseRepository(`${made}errors-20220719043735842-akvrn`)
  await expect(createLabel(github, at, { name: 'foo', color: 'invalid' })).rejects.toThrow(LabelRejected)
})

test('finds issues that mention the same word', async () => {
  mortarTest.use('imported/search-issues')
  const at = parseRepository(`${made}search-issues-20220719044045959-jlcli`)
  expect(await findDuplicates(github, at, 'sesame')).toEqual([
    'Sesame seeds split without a pop!',
    'The doors don’t open',
  ])
})

test('reads the backlog over all its pages', async () => {
  mortarTest.use('imported/paginate-issues')
  const issues = await backlog(github, parseRepository(`${made}paginate-issues-20220719043836917-izyoe`), 3)
  expect(issues.map(({ number }) => number)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
})

async function deliver(rules: readonly Rule[], action: string, repository: string, issue: object) {
  const bot = createBot(github, rules).listen(0, '127.0.0.1')
  closing.push(() => bot.close())
  await once(bot, 'listening')
  const { port } = bot.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/webhook`, {
    method: 'POST',
    headers: { 'x-github-event': 'issues', 'content-type': 'application/json' },
    body: JSON.stringify({ action, issue, repository: { full_name: repository } }),
  })
  return { status: response.status, body: await response.json() }
}
