import { standIn } from 'corpus-kit/stand-in'

const pages = {
  '': { contacts: ['Ada'], next: 'p2' },
  p2: { contacts: ['Grace'], next: 'p3' },
  p3: { contacts: ['Edsger'], next: null },
}

export const crm = await standIn('CRM_URL', {
  'GET /contacts': ({ query }) => [200, pages[query.cursor ?? '']],
})
