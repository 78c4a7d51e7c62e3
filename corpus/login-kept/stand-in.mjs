import { standIn } from 'corpus-kit/stand-in'

let count = 0

export const sessions = await standIn('SESSIONS_URL', { 'POST /sessions': () => [201, { token: `t-${++count}` }] })

export const accounts = await standIn('ACCOUNTS_URL', {
  'GET /me': ({ headers }) =>
    headers.authorization?.startsWith('Bearer t-') ? [200, { name: 'Ann' }] : [401, { error: { code: 'who' } }],
})
