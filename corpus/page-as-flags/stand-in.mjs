import { standIn } from 'corpus-kit/stand-in'

export const flags = await standIn('FLAGS_URL', {
  'GET /flags': () => [200, { darkMode: false }],
})
