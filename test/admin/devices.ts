import { sql } from 'drizzle-orm'
import { bigint, boolean, pgTable, text as textColumn, uuid, varchar } from 'drizzle-orm/pg-core'
import { flag, reference, shown, text } from '../../src/admin/fields.ts'
import { defineModel } from '../../src/admin/model.ts'
import { emailOf, OWNER, ownerFilter } from '../../src/users/owner.ts'

export const devices = pgTable('devices', {
  id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  publicDeviceId: uuid().notNull(),
  ownerId: bigint({ mode: 'number' }).notNull(),
  name: varchar({ length: 50 }).notNull(),
  notes: textColumn().notNull(),
  isOn: boolean().notNull(),
  price: bigint({ mode: 'number' }).notNull(),
})

export const deviceAdmin = defineModel(devices, {
  app: { label: 'devices', title: 'Devices' },
  name: 'device',
  title: 'device',
  plural: 'devices',
  describe: sql`${devices.name}`,
  publicId: devices.publicDeviceId,
  columns: [
    { title: 'Name', shows: devices.name, sort: devices.name },
    { title: 'Owner', shows: emailOf(devices.ownerId) },
    { title: 'On', shows: devices.isOn, as: 'flag' },
  ],
  search: { of: devices.name, title: 'Search by name' },
  filters: [
    { kind: 'flag', parameter: 'is_on', title: 'on', column: devices.isOn },
    ownerFilter(devices.ownerId),
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
