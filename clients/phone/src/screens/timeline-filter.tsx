import type { Camera, Rule } from '@scout/client'
import { useState } from 'preact/hooks'
import { allRules } from '../data/all-rules.ts'
import { cameras } from '../data/cameras.ts'
import { dayOf, type Filters, filtersIn, queryOf, without } from '../data/timeline.ts'
import { useSeen } from '../data/use.ts'
import { ButtonLink } from '../kit/button.tsx'
import { Chip } from '../kit/chip.tsx'
import { SelectField, TextField } from '../kit/field.tsx'
import { Form } from '../kit/form.tsx'
import { Sheet } from '../kit/sheet.tsx'
import { Seen } from '../kit/seen.tsx'
import { day } from '../kit/time.ts'
import { back, go, to } from '../router.ts'

/** The active filters of the timeline; a tap on one removes it. */
export function FilterChips({ filters }: { filters: Filters }) {
  const { camera, rule, day: date } = filters
  const hrefWithout = (name: keyof Filters) => to(`/timeline${queryOf(without(filters, name))}`)
  return (
    <div class="chips">
      {camera && <CameraChip id={camera} href={hrefWithout('camera')} />}
      {rule && <RuleChip id={rule} href={hrefWithout('rule')} />}
      {date && <Chip words={day(`${date}T12:00`)} href={hrefWithout('day')} />}
    </div>
  )
}

function CameraChip({ id, href }: { id: string; href: string }) {
  const seen = useSeen(cameras())
  const found = 'value' in seen ? seen.value.find((one) => one.public_camera_id === id) : undefined
  return <Chip words={found?.location ?? 'One camera'} href={href} />
}

function RuleChip({ id, href }: { id: string; href: string }) {
  const seen = useSeen(allRules())
  const found = 'value' in seen ? seen.value.find((one) => one.rule.public_rule_id === id) : undefined
  return <Chip words={found?.rule.rule_nickname ?? 'One rule'} href={href} />
}

/** The sheet that sets the filters of the timeline. */
export function FilterSheet({ filters }: { filters: Filters }) {
  const of = allRules()
  const all = useSeen(cameras())
  const [camera, setCamera] = useState(filters.camera ?? '')
  const [rule, setRule] = useState(filters.rule ?? '')
  const close = () => back(`/timeline${queryOf(filters)}`)
  return (
    <Sheet title="Show only" onClose={close}>
      <Seen seen={useSeen(of)} onRetry={of.refresh} shapes={[3, 4]}>
        {(list) => (
          <Form
            action="Show"
            isBusy={false}
            onSubmit={(values) =>
              go(`/timeline${queryOf(filtersIn(new URLSearchParams(values)))}`, { replace: true })
            }
          >
            <SelectField
              label="Camera"
              name="camera"
              value={camera}
              options={[['', 'All cameras'], ...('value' in all ? all.value.map(choiceOf) : [])]}
              onChange={(next) => {
                setCamera(next)
                setRule(ifOf(next, rule, list))
              }}
            />
            <SelectField
              label="Rule"
              name="rule"
              value={ifOf(camera, rule, list)}
              options={[
                ['', 'All rules'],
                ...list
                  .filter(isOf(camera))
                  .map((one) => [one.rule.public_rule_id, wordsOf(one, camera === '')] as const),
              ]}
              onChange={setRule}
            />
            <TextField
              label="Day"
              name="day"
              type="date"
              {...(filters.day && { value: filters.day })}
              {...{ max: dayOf(Date.now()) }}
            />
          </Form>
        )}
      </Seen>
      {queryOf(filters) !== '' && (
        <ButtonLink look="plain" href={to('/timeline')}>
          Show everything
        </ButtonLink>
      )}
    </Sheet>
  )
}

type Choice = { rule: Rule; camera: Camera }

/** Whether a rule is one of a camera; '' stands for all cameras. */
const isOf = (camera: string) => (one: Choice) => camera === '' || one.camera.public_camera_id === camera

/** The id of a rule, or '' for all rules where it is none of this camera. */
const ifOf = (camera: string, id: string, list: Choice[]) =>
  list.filter(isOf(camera)).some(({ rule }) => rule.public_rule_id === id) ? id : ''

const choiceOf = (camera: Camera) => [camera.public_camera_id, camera.location] as const

const wordsOf = ({ rule, camera }: Choice, isOfAll: boolean) =>
  isOfAll ? `${rule.rule_nickname} (${camera.location})` : rule.rule_nickname
