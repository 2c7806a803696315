import { sql } from 'drizzle-orm'
import { bigint, boolean, pgTable, text as textColumn, uuid, varchar } from 'drizzle-orm/pg-core'
import { flag, reference, shown, text } from '../../src/admin/fields.ts'
import { defineModel } from '../../src/admin/model.ts'
import { users } from '../../src/db/schema.ts'
import { byEmail, OWNER } from '../../src/users/admin.tsx'

const devices = pgTable('devices', {
  id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  publicDeviceId: uuid().notNull(),
  ownerId: bigint({ mode: 'number' }).notNull(),
  name: varchar({ length: 50 }).notNull(),
  notes: textColumn().notNull(),
  isOn: boolean().notNull(),
  price: bigint({ mode: 'number' }).notNull(),
})

const owner = sql`(select email from ${users} where ${users.id} = ${devices.ownerId})`

export const deviceAdmin = defineModel(devices, {
  app: { label: 'devices', title: 'Devices' },
  name: 'device',
  title: 'device',
  plural: 'devices',
  describe: sql`${devices.name}`,
  publicId: devices.publicDeviceId,
  columns: [
    { title: 'Name', shows: devices.name, sort: devices.name },
    { title: 'Owner', shows: owner },
    { title: 'On', shows: devices.isOn, as: 'flag' },
  ],
  search: { of: devices.name, title: 'Search by name' },
  filters: [
    { kind: 'flag', parameter: 'is_on', title: 'on', column: devices.isOn },
    { kind: 'owner', parameter: 'owner', title: 'owner', column: devices.ownerId, find: byEmail, help: '' },
  ],
  sections: [
    {
      fields: {
        name: text(devices.name, { label: 'Name' }),
        owner: reference(devices.ownerId, OWNER),
        notes: text(devices.notes, { label: 'Notes', rows: 3, isRequired: false }),
        is_on: flag(devices.isOn, { label: 'On', isSet: true }),
        price: shown({ label: 'Price', shows: devices.price }),
      },
    },
  ],
  initial: { price: sql`7` },
})
