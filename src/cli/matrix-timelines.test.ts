import { expect, it } from 'vitest'
import type { TimelineLine } from '../run/matrix/document.ts'
import { timelineRows } from './matrix-timelines.ts'

const line = (text: string, struck?: true): TimelineLine => ({
  ms: 0,
  boundary: 'pay',
  text,
  ...(struck && { struck }),
})
const clean = ['CONNECT', 'a', 'b', 'c', 'd'].map((text) => line(text))
const faulted = [line('CONNECT  →  reset'), line('a'), line('b', true), line('b'), line('d')]

it('lays timelines over each other where there is little room', () => {
  expect(timelineRows(clean, faulted, 60)).toEqual([
    'with the fault: ⚡ struck, - missing, + more than as it is',
    '   pay  a',
    '⚡ pay  b',
    '-  pay  c',
    '+  pay  b',
  ])
})

it('says behind a line what became of its answer, and takes it for the same all the same', () => {
  const lost = [line('a'), { ...line('b', true), note: ', which never arrived' }]
  expect(timelineRows([line('a'), line('b')], lost, 60).slice(1)).toEqual([
    '   pay  a',
    '⚡ pay  b, which never arrived',
  ])
})

it('shows where the fault was lifted as neither more nor less', () => {
  const text = '— the fault was lifted here —'
  const lifted = [line('a', true), { ...line(text), lifted: true as const }, line('b')]
  expect(timelineRows([line('a')], lifted, 60).slice(1)).toEqual(['⚡ pay  a', `·  pay  ${text}`, '+  pay  b'])
})

it('shows them beside each other where there is more', () => {
  const rows = timelineRows(clean, faulted, 120)
  expect(rows[0]).toMatch(/^as it is +│ with the fault$/)
  expect(rows.at(-1)).toMatch(/pay {2}d +│ +pay {2}d$/)
})

it('says once what a test that polls asks over and over', () => {
  const polls = (count: number): TimelineLine[] => Array.from({ length: count }, () => line('poll'))
  const [was, is] = [
    [line('a'), ...polls(2)],
    [line('a', true), ...polls(19), line('end')],
  ]
  expect(timelineRows(was, is, 60).slice(1)).toEqual([
    '⚡ pay  a',
    '   pay  poll × 2',
    '+  pay  poll × 17',
    '+  pay  end',
  ])
  const rows = timelineRows(was, is, 120)
  expect(rows).toHaveLength(4)
  expect(rows[2]).toMatch(/pay {2}poll × 2 +│ +pay {2}poll × 19$/)
})
