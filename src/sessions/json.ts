import * as z from 'zod/mini'
import { text } from '../http/fields.ts'
import type { Session } from './session.ts'

export const sessionInput = z.object({ email: text(), password: text(), name: text({ max: 100 }) })
export const sessionSecret = z.object({ session: text() })

export const sessionJson = (
  { publicSessionId, name, createdAt, lastUsedAt }: Session,
  current: string | null,
) => ({
  public_session_id: publicSessionId,
  name,
  created_at: createdAt,
  last_used_at: lastUsedAt,
  is_current: publicSessionId === current,
})
