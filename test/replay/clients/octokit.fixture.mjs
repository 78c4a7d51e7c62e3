/** The client of the GitHub API. */
import { Octokit } from '@octokit/rest'

const octokit = new Octokit({ auth: 'ghp_0123456789abcdefABCDEF0123456789abcd', baseUrl: process.env.BASE })
const repo = { owner: 'octo', repo: 'hello' }
const seen = {}
const { status, data, url } = await octokit.rest.issues.listForRepo({ ...repo, per_page: 2 })
seen.list = [status, data, url.slice(process.env.BASE.length)]
const labels = await octokit.rest.issues.addLabels({ ...repo, issue_number: 1, labels: ['bug', 'good first issue'] })
seen.labels = labels.data
seen.missing = await octokit.rest.repos
  .get({ owner: 'octo', repo: 'gone' })
  .catch(({ name, status: code, message }) => [name, code, message])
if (!process.env.BASE_IS_LISTENER)
  seen.pages = await octokit.paginate(octokit.rest.issues.listForRepo, { ...repo, per_page: 2 })
console.log(JSON.stringify(seen))
process.exit()
