import { standIn } from 'corpus-kit/stand-in'

/** By number. */
export const customers = new Map([['100234', { email: 'ada@example.com' }]])

export const crm = await standIn('CRM_URL', {
  'PATCH /customers/:id': ({ params, body }) => {
    if (!customers.has(params.id)) return [404, { error: { code: 'not_found' } }]
    customers.set(params.id, { ...customers.get(params.id), ...body })
    return [200, customers.get(params.id)]
  },
  'PUT /customers/:id': ({ params, body }) => {
    customers.set(params.id, body)
    return [201, body]
  },
})
