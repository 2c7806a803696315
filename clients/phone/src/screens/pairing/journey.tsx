import type { ComponentChildren } from 'preact'
import { type Step, Steps } from '../../kit/steps.tsx'

type Place = 'code' | 'place' | 'picture' | 'rule'

/** The steps from a new camera to its first rule. `children` is the content of the current step. */
export function Journey({
  order = ['code', 'place', 'picture', 'rule'],
  at,
  found,
  place = 'Where is it?',
  picture = 'The first picture',
  children,
}: {
  /** For a camera that the user built, the location comes before the code. */
  order?: readonly Place[]
  at: Place
  /** The title of the code step. */
  found: string
  place?: string
  picture?: string
  children: ComponentChildren
}) {
  const titles = { code: found, place, picture, rule: 'What should it look for?' }
  const here = order.indexOf(at)
  const isAt = (index: number): Step['is'] => {
    if (index < here) return 'done'
    return index === here ? 'now' : 'ahead'
  }
  return (
    <Steps
      steps={order.map((name, index) => ({
        title: titles[name],
        is: isAt(index),
        ...(index === here && { children }),
      }))}
    />
  )
}
