import './stand-in.mjs'
import { expect, test } from 'vitest'
import { download } from './program/download.mjs'

test('a book is downloaded with its chapters', async () => {
  expect(await download(7)).toEqual({ url: 'https://audio.example/7.mp3', first: 'One', chapters: 2 })
})
