import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db/client.ts'
import { cameras, rules } from '../db/schema.ts'
import { given, position, type Viewer, viewerAdds, viewerReads, viewerWrites } from '../db/viewer.ts'
import { problems } from '../errors.ts'
import type { Page } from '../paging.ts'

type Rule = typeof rules.$inferSelect
/** A rule's public id, and that of its camera. */
type RulePath = { cameraId: string; ruleId: string }
type RuleInput = { rule: string; rule_nickname: string; is_enabled?: boolean | undefined }

const columns = getTableColumns(rules)

/** The camera in the path, where it is the viewer's. Every statement on rules begins with it. */
const ownCamera = (live: SQL) => ({
  columns: { id: cameras.id },
  as: sql`select * from ${cameras} where public_camera_id = ${given('cameraId', 'uuid')} and owner_id in ${live}`,
})
const theRule = sql`public_rule_id = ${given('ruleId', 'uuid')} and camera_id in (select id from camera)`

const listing = viewerReads((live) => ({
  camera: ownCamera(live),
  rule: {
    columns,
    as: sql`
      select * from ${rules}
      where camera_id in (select id from camera) and id > ${position(rules, rules.publicRuleId)}
      order by id limit ${given('limit', 'int')} + 1`,
  },
}))

/** @throws notYourCamera for a camera that is not the viewer's, as does every verb here */
export async function rulesOf(db: Db, viewer: Viewer, cameraId: string, page: Page) {
  const rows = await listing(db, viewer, { cameraId, ...page })
  if (!rows[0].camera) throw problems.notYourCamera()
  return rows.flatMap(({ rule }) => rule ?? [])
}

const finding = viewerReads((live) => ({
  camera: ownCamera(live),
  rule: { columns, as: sql`select * from ${rules} where ${theRule}` },
}))

/** @throws noSuch('Rule') for a rule that is not the camera's, as do those that change or remove one */
export const findRule = async (db: Db, viewer: Viewer, path: RulePath) => the(await finding(db, viewer, path))

// A camera that is deleted meanwhile breaks the foreign key, which is answered as not found.
const adding = viewerAdds((live) => ({
  camera: ownCamera(live),
  rule: {
    columns,
    as: sql`
      insert into ${rules} (public_rule_id, owner_id, camera_id, rule, rule_nickname, is_enabled, created_at)
      select uuidv7(), owner_id, id, ${given('rule')}, ${given('rule_nickname')}, ${given('is_enabled', 'boolean')}, now()
      from camera
      returning *`,
  },
}))

export const addRule = async (
  db: Db,
  viewer: Viewer,
  cameraId: string,
  { is_enabled = true, ...input }: RuleInput,
) => the(await adding(db, viewer, { cameraId, is_enabled, ...input }))

const changing = viewerWrites((live) => ({
  camera: ownCamera(live),
  rule: {
    columns,
    as: sql`
      update ${rules} set
        rule = coalesce(${given('rule')}, rule),
        rule_nickname = coalesce(${given('rule_nickname')}, rule_nickname),
        is_enabled = coalesce(${given('is_enabled', 'boolean')}, is_enabled)
      where ${theRule}
      returning *`,
  },
}))

export const changeRule = async (
  db: Db,
  viewer: Viewer,
  path: RulePath,
  { rule = null, rule_nickname = null, is_enabled = null }: { [K in keyof RuleInput]?: RuleInput[K] | null },
) => the(await changing(db, viewer, { ...path, rule, rule_nickname, is_enabled }))

const removing = viewerWrites((live) => ({
  camera: ownCamera(live),
  rule: { columns, as: sql`delete from ${rules} where ${theRule} returning *` },
}))

export const removeRule = async (db: Db, viewer: Viewer, path: RulePath) =>
  the(await removing(db, viewer, path))

function the([{ camera, rule }]: [{ camera: unknown; rule: Rule | null }, ...unknown[]]) {
  if (!camera) throw problems.notYourCamera()
  if (!rule) throw problems.noSuch('Rule')
  return rule
}
