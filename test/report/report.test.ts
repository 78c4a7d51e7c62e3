import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { clientCode, clientStyle } from '../../src/run/report/client-code.ts'
import { renderReport } from '../../src/run/report/render-report.ts'
import { summarize } from '../../src/run/summary.ts'
import { hostileRun } from './sample-runs.ts'

const html = renderReport(summarize(hostileRun()))

it('gives back the summary it was made of, whatever the names', () => {
  const [, json] = /<script type="application\/json" id="summary">(.*?)<\/script>/s.exec(html)!
  expect(JSON.parse(json!)).toEqual(summarize(hostileRun()))
  expect(json).not.toMatch(/[<\u2028\u2029]/)
})

it('has two script elements, whatever the names', () => {
  expect(html.match(/<script\b/g)).toHaveLength(2)
  expect(html.match(/<\/script/g)).toHaveLength(2)
})

it('allows nothing but its own script and style', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(html)!
  const hash = (text: string): string => createHash('sha256').update(text).digest('base64')
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain(`script-src 'sha256-${hash(clientCode())}'`)
  expect(policy).toContain(`style-src 'sha256-${hash(clientStyle())}'`)
  expect(html.replace(/<script type="application\/json".*?<\/script>/s, '')).not.toMatch(/https?:\/\/|src=|url\(/)
})

it('puts every file of the browser code into one script, with no name twice', () => {
  const folder = new URL('../../src/run/report/client/', import.meta.url)
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
  expect(files.length).toBeGreaterThan(10)
  const code = clientCode()
  const names = [...code.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map(([, name]) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  expect(code).not.toMatch(/^(?:import|export) /m)
  for (const file of files) {
    const [, first] =
      /^export (?:async )?(?:function|const) (\w+)/m.exec(readFileSync(new URL(file, folder), 'utf8')) ?? []
    if (first !== undefined) expect(names, file).toContain(first)
  }
})

it('has text of at least 4.5 to 1 contrast in both themes', () => {
  const tokens = new Map(
    [...clientStyle().matchAll(/--([\w-]+):\s*light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [
      name!,
      [light!, dark!] as const,
    ]),
  )
  const onAll = ['page', 'panel', 'sunken']
  const pairs = ['text', 'muted', 'link', 'good', 'warn', 'bad'].flatMap((text) =>
    onAll.map((back) => [text, back] as const),
  )
  const tinted = [...(['good', 'warn', 'bad'] as const)].flatMap((tone) => [
    [tone, `${tone}-back`] as const,
    ['text', `${tone}-back`] as const,
  ])
  for (const [text, back] of [...pairs, ...tinted]) {
    for (const theme of [0, 1] as const) {
      expect(contrast(tokens.get(text)![theme], tokens.get(back)![theme]), `${text} on ${back}`).toBeGreaterThan(4.5)
    }
  }
})

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [red, green, blue] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
