/** Why somebody is told. */
export const KINDS = ['match', 'unjudged', 'offline', 'online', 'text', 'limited'] as const
export type NotificationKind = (typeof KINDS)[number]
