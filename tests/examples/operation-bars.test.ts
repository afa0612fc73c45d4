import { describe, expect, it } from 'vitest'
import { toText } from '../../examples/shared/pages/html.js'
import { operationBars } from '../../examples/shared/pages/operation-bars.js'

const sum = (key: string | null, spent: number, refunded = 0, count = 1) => ({ key, spent, refunded, count })
const draw = (...sums: ReturnType<typeof sum>[]): string => toText(operationBars(sums))
const namesOf = (html: string) => [...html.matchAll(/class="name">(.*?)<\/span>/g)].map(([, name]) => name?.replace(/<\/?bdi>/g, ''))
const valuesOf = (html: string) =>
  [...html.matchAll(/<strong>(.*?)<\/strong> <span class="quiet">(.*?)<\/span>/g)].map(([, ...words]) => words)
const widthsOf = (html: string) =>
  [...html.matchAll(/class="(kept|given-back)"[^>]*width="([\d.]+)%"/g)].map(([, what, width]) => [what, Number(width)])

describe('the bars of use by operation', () => {
  it('are as long as what was spent, most first, with their values as text', () => {
    const html = draw(sum('image', 50), sum('article', 1000, 0, 20), sum('video', 250, 0, 2))
    expect(namesOf(html)).toEqual(['article', 'video', 'image'])
    expect(valuesOf(html)).toEqual([
      ['1,000', '20 times'],
      ['250', '2 times'],
      ['50', '1 time'],
    ])
    expect(widthsOf(html)).toEqual([
      ['kept', 100],
      ['kept', 25],
      ['kept', 5],
    ])
    expect(html).not.toContain('hollow')
  })

  it('are hollow where credits were given back, and say so', () => {
    const html = draw(sum('article', 1000, 250), sum('image', 100, 100), sum('video', 0, 70, 0), sum('audio', 40, 500))
    expect(valuesOf(html).map(([, words]) => words)).toEqual([
      '1 time, 250 given back',
      '1 time, 100 given back',
      '1 time, 500 given back',
      '0 times, 70 given back',
    ])
    expect(widthsOf(html)).toEqual([
      ['kept', 75],
      ['given-back', 25],
      ['kept', 0],
      ['given-back', 10],
      ['kept', 0],
      ['given-back', 4],
      ['kept', 0],
    ])
    expect(html).toContain('The hollow part of a bar was given back.')
  })

  it('are seen however small they are', () => {
    expect(widthsOf(draw(sum('a', 1_000_000), sum('b', 1)))).toEqual([
      ['kept', 100],
      ['kept', 0.5],
    ])
  })

  it('are eight at most, of which the last is all the others', () => {
    const eight = Array.from({ length: 8 }, (_, index) => sum(`op${index}`, 100 - index))
    expect(namesOf(draw(...eight))).toHaveLength(8)
    const html = draw(...eight, sum('small', 5, 2, 3))
    expect(namesOf(html).slice(-2)).toEqual(['op6', '2 others'])
    expect(valuesOf(html).at(-1)).toEqual(['98', '4 times, 2 given back'])
  })

  it('say what people named, and nothing that people named is markup', () => {
    const nasty = `<img src=x onerror="alert(1)">&'`
    const html = draw(sum(nasty, 1), sum('\u202egnihton', 1), sum(null, 1))
    expect(html).toContain('<bdi>&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;</bdi>')
    expect(html).toContain('<bdi>\u202egnihton</bdi>')
    expect(html).toContain('Without a name')
    expect(html).not.toContain('<img')
  })
})
