/** The causes of notifications. */
export const KINDS = ['match', 'unjudged', 'offline', 'online', 'text', 'limited'] as const
export type NotificationKind = (typeof KINDS)[number]
