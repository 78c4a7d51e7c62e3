import { standIn } from 'corpus-kit/stand-in'

const titles = { 1: ['It burns'], 2: ['It leaks'] }
export const endless = { pages: false }

export const forge = await standIn('FORGE_URL', {
  'GET /issues': ({ query, headers }) => {
    const page = Number(query.page ?? 1)
    const next = `<http://${headers.host}/issues?page=${page + 1}>; rel="next"`
    const isLast = page >= 2 && !endless.pages
    return [200, (titles[page] ?? []).map((title) => ({ title })), isLast ? {} : { link: next }]
  },
})
