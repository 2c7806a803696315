import { sql } from 'drizzle-orm'
import { flag, reference, shown, text } from '../admin/fields.ts'
import { defineModel } from '../admin/model.ts'
import { cameras, rules, ruleWords } from '../db/schema.ts'
import { emailOf, ownerFilter } from '../users/owner.ts'
import { readBack } from './read-back.ts'
import { readRule } from './reading.ts'

const camera = sql`(select location from ${cameras} where ${cameras.id} = ${rules.cameraId})`

export const ruleAdmin = defineModel(rules, {
  app: { label: 'rules', title: 'Rules' },
  name: 'rule',
  title: 'rule',
  plural: 'rules',
  describe: sql`${rules.ruleNickname}`,
  publicId: rules.publicRuleId,
  columns: [
    { title: 'Rule nickname', shows: rules.ruleNickname, sort: rules.ruleNickname },
    { title: 'Rule', shows: rules.rule },
    { title: 'Camera', shows: camera },
    { title: 'Owner', shows: emailOf(rules.ownerId) },
    { title: 'Enabled', shows: rules.isEnabled, as: 'flag' },
    { title: 'Created at', shows: rules.createdAt, as: 'moment', sort: rules.createdAt },
  ],
  search: { of: ruleWords(rules), title: 'Search by nickname and rule' },
  filters: [
    { kind: 'flag', parameter: 'is_enabled__exact', title: 'enabled', column: rules.isEnabled },
    { kind: 'date', parameter: 'created_at', title: 'created at', column: rules.createdAt },
    ownerFilter(rules.ownerId),
  ],
  sections: [
    {
      fields: {
        owner: shown({ label: 'Owner', shows: emailOf(rules.ownerId) }),
        camera: reference(rules.cameraId, {
          label: 'Camera',
          help: 'The number (ID) of the camera, from the address of its page. The rule belongs to the camera’s owner.',
          also: [[rules.ownerId, cameras.ownerId]],
          to: cameras,
          model: 'camera.camera',
          where: (typed) =>
            sql`${cameras.id} = case when ${typed} ~ '^[0-9]{1,18}$' then ${typed}::bigint end`,
          typed: sql`${cameras.id}`,
          describe: sql`${cameras.location}`,
        }),
        rule: text(rules.rule, { label: 'Rule', rows: 3 }),
        reading: shown({
          label: 'Reading',
          shows: rules.rule,
          says: (text: string) => readBack(readRule(text)),
        }),
        rule_nickname: text(rules.ruleNickname, { label: 'Rule nickname' }),
        is_enabled: flag(rules.isEnabled, { label: 'Enabled', isSet: true }),
        public_rule_id: shown({ label: 'Public rule id', shows: rules.publicRuleId }),
        created_at: shown({ label: 'Created at', shows: rules.createdAt, as: 'moment' }),
      },
    },
  ],
  initial: { createdAt: sql`now()` },
})
