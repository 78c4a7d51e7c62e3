import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { appendStored, readStored, type StoredRun } from './stored.ts'

const ran = (id: string, words: string): StoredRun =>
  ({ t: 'ran', key: 'k', run: 'r', record: { t: 'ran', id }, leftBehind: [], events: [{ words }] }) as never

/** As values: events are read. */
const read = (file: string): unknown => JSON.parse(JSON.stringify(readStored(file)))

it('of what is kept, what was cut off or is damaged is left out, and the rest is as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mortar-stored-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'kept.ndjson')
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat(), fc.boolean(), (one, other, at, isCut) => {
      rmSync(file, { force: true })
      const lines = [ran('a', one), ran('b', other)]
      appendStored(file, lines)
      expect(read(file)).toEqual(JSON.parse(JSON.stringify(lines)))
      const text = readFileSync(file, 'utf8')
      const events = text.indexOf('\t')
      // The first line break, and then somewhere in the events of the first run.
      const place = 1 + (at % (events - 1))
      if (isCut) writeFileSync(file, text.slice(0, place))
      else writeFileSync(file, `${text.slice(0, place)}\u0001${text.slice(place + 1)}`)
      expect(read(file)).toEqual(isCut ? [] : JSON.parse(JSON.stringify([lines[1]])))
      writeFileSync(file, text.slice(0, events))
      appendStored(file, [lines[1]!])
      expect(read(file)).toEqual(JSON.parse(JSON.stringify([lines[1]])))
    }),
  )
})
