import * as z from 'zod/mini'
import { email, text } from '../http/fields.ts'
import type { User } from './user.ts'

export const registration = z.object({
  first_name: z.optional(text({ max: 150, blank: true })),
  last_name: z.optional(text({ max: 150, blank: true })),
  email: email(),
  password: text(),
})

export const userInput = z.object({
  first_name: z.optional(text({ max: 150, blank: true })),
  last_name: z.optional(text({ max: 150, blank: true })),
  email: email(),
  password: z.optional(text()),
  current_password: z.optional(text()),
})

export const userJson = ({
  firstName,
  lastName,
  email,
  publicUserId,
}: Pick<User, 'firstName' | 'lastName' | 'email' | 'publicUserId'>) => ({
  first_name: firstName,
  last_name: lastName,
  email,
  public_user_id: publicUserId,
})
