import { standIn } from 'corpus-kit/stand-in'

export const reports = await standIn('REPORTS_URL', { 'POST /reports': () => [201, { id: 'rep-1' }] })
