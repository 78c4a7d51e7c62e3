import { standIn } from 'corpus-kit/stand-in'

export const metadata = await standIn('METADATA_URL', {
  'GET /books/:id/metadata': () => [200, { chapters: ['One', 'Two'] }],
})

export const content = await standIn('CONTENT_URL', {
  'GET /books/:id/audio': () => [200, { url: 'https://audio.example/7.mp3' }],
})
