import { sql } from 'drizzle-orm'
import { type Viewer, viewerAdds, viewerReads, viewerWrites } from '../auth/viewer.ts'
import type { Db } from '../db/client.ts'
import { cameras, rules } from '../db/schema.ts'
import { columnsOf, given, listOf, named, namedChanges, oneOf, position, type Row } from '../db/statement.ts'
import { problems } from '../problems.ts'
import type { Page } from '../http/paging.ts'

/** How loudly a rule rings. */
export const IMPORTANCES = ['normal', 'time_sensitive', 'passive'] as const
type Importance = (typeof IMPORTANCES)[number]

export type Rule = Row<typeof rules>
/** The public ids of a rule and of its camera. */
export type RulePath = { cameraId: string; ruleId: string }
/** The fields of a rule that its owner may set. */
type RuleInput = {
  rule: string
  rule_nickname: string
  is_enabled?: boolean | undefined
  cooldown_in_seconds?: number | undefined
  snoozed_until?: string | null | undefined
  importance?: Importance | undefined
}
export type Change = { [K in keyof RuleInput]?: RuleInput[K] | undefined }
const CHANGES = {
  rule: 'text',
  rule_nickname: 'text',
  is_enabled: 'boolean',
  cooldown_in_seconds: 'int',
  snoozed_until: 'timestamptz',
  importance: 'text',
}

/** The camera in the path, if it is the viewer's. Every statement on rules begins with it. */
const ownCamera = sql`
  select id, owner_id from ${cameras}
  where public_camera_id = ${given('cameraId', 'uuid')} and owner_id = (select id from viewer)`
const ownRule = sql`public_rule_id = ${given('ruleId', 'uuid')} and camera_id = (select id from camera)`

const isCameraTheirs = sql<boolean>`exists (select from camera)`
/** The answers of statements on one rule. */
const theRule = { isCameraTheirs, rule: oneOf<Rule>(sql`select ${columnsOf(rules)} from rule`) }

const listing = viewerReads(() => ({
  steps: { camera: ownCamera },
  answers: {
    isCameraTheirs,
    rules: listOf<Rule>(sql`
      select ${columnsOf(rules)} from ${rules}
      where camera_id = (select id from camera) and id > ${position(rules, rules.publicRuleId)}
      order by id limit ${given('limit', 'int')} + 1`),
  },
}))

/** @throws notYourCamera (403) for a camera that is not the viewer's */
export async function rulesOf(db: Db, viewer: Viewer, cameraId: string, page: Page) {
  const { isCameraTheirs, rules } = await listing(db, viewer, { cameraId, ...page })
  if (!isCameraTheirs) throw problems.notYourCamera()
  return rules
}

const finding = viewerReads(() => ({
  steps: { camera: ownCamera, rule: sql`select * from ${rules} where ${ownRule}` },
  answers: theRule,
}))

export const findRule = async (db: Db, viewer: Viewer, path: RulePath) =>
  ruleOrRefuse(await finding(db, viewer, path))

// The lock keeps the camera from being deleted or changing hands meanwhile.
const adding = viewerAdds(() => ({
  steps: {
    camera: sql`${ownCamera} for share`,
    rule: sql`
      insert into ${rules} (
        public_rule_id, owner_id, camera_id, rule, rule_nickname, is_enabled, cooldown_in_seconds, snoozed_until, importance,
        created_at)
      select uuidv7(), owner_id, id, ${given('rule')}, ${given('rule_nickname')}, coalesce(${given('is_enabled', 'boolean')}, true),
        coalesce(${given('cooldown_in_seconds', 'int')}, 300), ${given('snoozed_until', 'timestamptz')},
        coalesce(${given('importance')}, 'normal'), now()
      from camera
      returning *`,
  },
  answers: theRule,
}))

export const addRule = async (db: Db, viewer: Viewer, cameraId: string, input: RuleInput) =>
  ruleOrRefuse(await adding(db, viewer, { cameraId, ...named(CHANGES, input) }))

const changing = viewerWrites(() => ({
  steps: {
    camera: ownCamera,
    rule: sql`update ${rules} set ${namedChanges(CHANGES)} where ${ownRule} returning *`,
  },
  answers: theRule,
}))

export const changeRule = async (db: Db, viewer: Viewer, path: RulePath, change: Change) =>
  ruleOrRefuse(await changing(db, viewer, { ...path, ...named(CHANGES, change) }))

const removing = viewerWrites(() => ({
  steps: { camera: ownCamera, rule: sql`delete from ${rules} where ${ownRule} returning *` },
  answers: theRule,
}))

export const removeRule = async (db: Db, viewer: Viewer, path: RulePath) =>
  ruleOrRefuse(await removing(db, viewer, path))

/** @throws notYourCamera (403), noSuch (404) for a rule of another camera */
function ruleOrRefuse({ isCameraTheirs, rule }: { isCameraTheirs: boolean; rule: Rule | null }) {
  if (!isCameraTheirs) throw problems.notYourCamera()
  if (!rule) throw problems.noSuch('Rule')
  return rule
}
