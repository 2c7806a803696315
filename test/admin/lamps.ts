import { sql } from 'drizzle-orm'
import { bigint, boolean, pgTable, text as textColumn, uuid, varchar } from 'drizzle-orm/pg-core'
import { flag, reference, shown, text } from '../../src/admin/fields.ts'
import { defineModel } from '../../src/admin/model.ts'
import { emailOf, OWNER, ownerFilter } from '../../src/users/owner.ts'

export const lamps = pgTable('lamps', {
  id: bigint({ mode: 'number' }).primaryKey().generatedByDefaultAsIdentity(),
  publicLampId: uuid().notNull(),
  ownerId: bigint({ mode: 'number' }).notNull(),
  name: varchar({ length: 50 }).notNull(),
  notes: textColumn().notNull(),
  isOn: boolean().notNull(),
  price: bigint({ mode: 'number' }).notNull(),
})

export const lampAdmin = defineModel(lamps, {
  app: { label: 'lamps', title: 'Lamps' },
  name: 'lamp',
  title: 'lamp',
  plural: 'lamps',
  describe: sql`${lamps.name}`,
  publicId: lamps.publicLampId,
  columns: [
    { title: 'Name', shows: lamps.name, sort: lamps.name },
    { title: 'Owner', shows: emailOf(lamps.ownerId) },
    { title: 'On', shows: lamps.isOn, as: 'flag' },
  ],
  search: { of: lamps.name, title: 'Search by name' },
  filters: [
    { kind: 'flag', parameter: 'is_on', title: 'on', column: lamps.isOn },
    ownerFilter(lamps.ownerId),
  ],
  sections: [
    {
      fields: {
        name: text(lamps.name, { label: 'Name' }),
        owner: reference(lamps.ownerId, OWNER),
        notes: text(lamps.notes, { label: 'Notes', rows: 3, isRequired: false }),
        is_on: flag(lamps.isOn, { label: 'On', isSet: true }),
        price: shown({ label: 'Price', shows: lamps.price }),
      },
    },
  ],
  initial: { price: sql`7` },
})
