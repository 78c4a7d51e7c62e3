import { standIn } from 'corpus-kit/stand-in'

export const payments = await standIn('PAYMENTS_URL', {
  'POST /charges': ({ body }) =>
    body.card === 'empty' ? [402, { error: { code: 'card_declined' } }] : [201, { id: 'ch_1' }],
})
