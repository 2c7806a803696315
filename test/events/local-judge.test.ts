import { describe, expect, inject, it } from 'vitest'
import { aHouse } from '../support/house.ts'

const PHOTOS = import.meta.glob<string>(['../../scripts/photos/*.jpg', '../photos/*.jpg'], {
  query: '?inline',
  import: 'default',
  eager: true,
})
const photo = (name: string) => {
  const [, url = ''] = Object.entries(PHOTOS).find(([path]) => path.endsWith(`/${name}.jpg`))!
  return Uint8Array.fromBase64(url.slice(url.indexOf(',') + 1))
}

/** Judges a real photograph by each rule and returns the results. */
async function judged(name: string, ...rules: string[]) {
  const house = await aHouse()
  for (const [i, rule] of rules.entries()) await house.rule({ rule, nickname: `${i}` })
  const key = await house.picture({ bytes: photo(name) })
  await house.judge(inject('localJudge'))
  return {
    event: await house.event(key),
    verdicts: await house.verdicts(key),
    told: await house.notifications(),
  }
}

describe('the judge of npm run dev', () => {
  it.each([
    ['person', 'Alert when a person shows up', 'person 0.69'],
    ['cat', 'tell me if you see a cat', 'cat 0.93'],
    ['dog', 'a dog', 'dog 0.95'],
    ['cars', 'at least two cars', '2 cars 0.77, 0.70'],
  ])('sees the %s on a photograph, and its owner is told', async (name, rule, evidence) => {
    const { event, verdicts, told } = await judged(name, rule, 'a parcel', 'a zebra')

    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['yes', 'unsure', 'no'])
    expect(verdicts[0]).toMatchObject({ evidence })
    expect(verdicts[2]).toMatchObject({ evidence: 'no zebra seen' })
    expect(event).toMatchObject({
      state: 'done',
      failure: null,
      judge: expect.stringMatching(/ scout-local$/),
    })
    expect(told).toMatchObject([{ kind: 'match', title: 'Front Door', body: `0: ${evidence}` }])
  })

  it('tells nobody of an animal that it has no word for', async () => {
    const { event, verdicts, told } = await judged('raccoon', 'a cat or a dog', 'a person', 'a raccoon')

    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['no', 'no', 'unsure'])
    expect(event).toMatchObject({ state: 'done', caption: 'Nothing that Scout’s built-in judge knows.' })
    expect(told).toEqual([])
  })
})
