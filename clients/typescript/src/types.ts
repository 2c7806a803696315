// Made from the API's description by `npm run build -w clients/typescript`.

/** A new account. */
export type Registration = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** The email of the person, with which they sign in. */
  email: string
  /** The password of the account. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not similar to the email or the names. */
  password: string
}

/** A new account, signed in. */
export type NewAccount = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** The email in lower case, which is also the username. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
  user: {
    /** The id of the account. A UUIDv7. */
    public_user_id: string
    /** The email. */
    username: string
  }
  /** For the `Authorization` header; expires after 5 minutes. */
  access: string
  /** For new access tokens; expires after a day. */
  refresh: string
}

/** An email, in any letter case, and its password. */
export type Credentials = {
  /** The email of the account. */
  email: string
  /** Its password. */
  password: string
}

/** The tokens of a sign-in. */
export type TokenPair = {
  /** For the `Authorization` header; expires after 5 minutes. */
  access: string
  /** For new access tokens; expires after a day. */
  refresh: string
}

/** A refresh token. */
export type RefreshRequest = {
  /** The refresh token of the sign-in. */
  refresh: string
}

/** A new access token. */
export type AccessToken = {
  /** For the `Authorization` header; expires after 5 minutes. */
  access: string
}

/** The account whose password is lost. */
export type PasswordResetRequest = {
  /** The email of the account. */
  email: string
}

/** The request is accepted. The answer says nothing more. */
export type Accepted = {}

/** A token and the new password. */
export type PasswordResetConfirmation = {
  /** The token of the mail. */
  token: string
  /** The new password. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not similar to the email or the names. */
  password: string
}

/** The credentials, and a name for the session. */
export type SessionInput = {
  /** The email of the account, in any letter case. */
  email: string
  /** Its password. */
  password: string
  /** A name by which the person recognizes this phone, program or browser. */
  name: string
}

/** A session that has just begun. */
export type StartedSession = {
  /** For the `Authorization` header; expires after 5 minutes. */
  access: string
  /** For new access tokens. Returned only here: store it like a password. */
  session: string
  /** The id of the session in paths. A UUIDv7. */
  public_session_id: string
}

/** A phone, program or browser that stays signed in. */
export type Session = {
  /** The id of the session in paths. A UUIDv7. */
  public_session_id: string
  /** The name that the client chose. */
  name: string
  /** When the session began. It ends a year later. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  created_at: string
  /** When the session was last used, to the hour. It ends 90 days later. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_used_at: string
  /** Whether it is the session of this request. */
  is_current: boolean
}

/** The secret of a session. */
export type SessionSecret = {
  /** The secret from `startSession`. */
  session: string
}

/** An account. */
export type User = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** The email in lower case, which is also the username. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
}

/** The fields of an account that its owner may change. A field that is not sent stays unchanged. */
export type UserInput = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** The new email, which also becomes the username. */
  email: string
  /** The new password. Needs `current_password`. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not similar to the email or the names. */
  password?: string
  /** The current password; only together with `password`. */
  current_password?: string
}

/** An account after a change. If the password changed, it includes new tokens; a session needs only the access token. */
export type ChangedUser = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** The email in lower case, which is also the username. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
  /** A new access token, if the password changed. */
  access?: string
  /** A new refresh token, if the password changed. A request with a session’s token gets none: the session goes on. */
  refresh?: string
}

/** The fields of an account that its owner may change. A field that is not sent stays unchanged. */
export type UserPatch = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** The new email, which also becomes the username. */
  email?: string
  /** The new password. Needs `current_password`. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not similar to the email or the names. */
  password?: string
  /** The current password; only together with `password`. */
  current_password?: string
}

/** A camera. */
export type Camera = {
  /** The number of the camera. */
  id: number
  /** The id of the camera in paths. A UUIDv7. */
  public_camera_id: string
  /** The username of the owner. */
  owner: string
  /** The place of the camera. */
  location: string
  /** When the camera was added. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  created_at: string
  /** The IANA time zone in which the hours of its rules are read; null: the account’s zone. */
  time_zone: string | null
  /** Whether its pictures are judged. */
  is_armed: boolean
  /** The camera notifies nobody until then. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  snoozed_until: string | null
  /** Whether the camera was seen in the last 3 minutes. */
  is_online: boolean
  /** When the camera was last seen: its last heartbeat, poll or announcement. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_seen_at: string | null
  /** The current preview. The URL needs no token and works for an hour and a half. Null in lists of more than 50, and for cameras of others. */
  camera_preview_url: string | null
  /** When the preview was taken. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  preview_updated_at: string | null
}

/** The fields of a camera that its owner may set. */
export type CameraInput = {
  /** The place of the camera; trimmed. */
  location: string
  /** The IANA time zone in which the hours of its rules are read; null: the account’s zone. */
  time_zone?: string | null
  /** Whether its pictures are judged; true for a new camera. */
  is_armed?: boolean
  /** The camera notifies nobody until then; with a time zone; null: not snoozed. */
  snoozed_until?: string | null
}

/** The fields of a camera that its owner may set. */
export type CameraPatch = {
  /** The place of the camera; trimmed. */
  location?: string
  /** The IANA time zone in which the hours of its rules are read; null: the account’s zone. */
  time_zone?: string | null
  /** Whether its pictures are judged; true for a new camera. */
  is_armed?: boolean
  /** The camera notifies nobody until then; with a time zone; null: not snoozed. */
  snoozed_until?: string | null
}

/** A rule that says when a camera alerts. */
export type Rule = {
  /** The number of the rule. */
  id: number
  /** The id of the rule in paths. A UUIDv7. */
  public_rule_id: string
  /** The number of its owner. */
  owner: number
  /** The number of its camera. */
  camera: number
  /** When to alert, in plain words. */
  rule: string
  /** A short name for it. */
  rule_nickname: string
  /** Whether the rule is judged. */
  is_enabled: boolean
  /** When the rule was added. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  created_at: string
  /** The seconds for which the rule is silent after an alert. */
  cooldown_in_seconds: number
  /** The rule notifies nobody until then. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  snoozed_until: string | null
  /** How loudly it rings: `normal`, `time_sensitive` (also in quiet hours) or `passive` (without a sound). */
  importance: string
  /** When the last picture that matched the rule was taken. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_triggered: string | null
  /** How the service reads the rule: its hours, in the time zone of the camera, and its objects. */
  reading: {
    /** The hours in which the rule applies; empty: at any hour. */
    hours: {
      /** When the hours begin. */
      from: string
      /** When the hours end: on the next day unless after `from`; `00:00` is midnight. */
      to: string
    }[]
    /** The days on which the rule applies; empty: every day. Hours past midnight belong to the day on which they begin. */
    days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
    /** The words that are left for the judge of a picture. */
    rest: string
    /** Words about time that could not be parsed. If there are any, the rule applies at any hour and `rest` is the whole rule. */
    unread: string[]
    /** The objects that a picture must show: all if `together`, else any. */
    objects: {
      /** One of the 80 names of COCO, like `person`. */
      label: string
      /** The minimum number. */
      at_least: number
    }[]
    /** Whether a picture must show all of `objects`, or any of them. */
    together: boolean
    /** Whether any motion matches; `objects` is empty then. */
    motion: boolean
    /** Words of `rest` beyond `objects` and `motion`, which only a vision model can judge. */
    beyond: string[]
  }
}

/** The fields of a rule that its owner may set. */
export type RuleInput = {
  /** When to alert, in plain words; trimmed. */
  rule: string
  /** A short name for it; trimmed. */
  rule_nickname: string
  /** Whether the rule is judged; true for a new rule by default. */
  is_enabled?: boolean
  /** The seconds for which the rule is silent after an alert, 0 to 86400; 300 for a new rule. */
  cooldown_in_seconds?: number
  /** The rule notifies nobody until then; with a time zone; null: not snoozed. */
  snoozed_until?: string | null
  /** How loudly it rings: `normal`, `time_sensitive` or `passive`. */
  importance?: 'normal' | 'time_sensitive' | 'passive'
}

/** The fields of a rule that its owner may set. */
export type RulePatch = {
  /** When to alert, in plain words; trimmed. */
  rule?: string
  /** A short name for it; trimmed. */
  rule_nickname?: string
  /** Whether the rule is judged; true for a new rule by default. */
  is_enabled?: boolean
  /** The seconds for which the rule is silent after an alert, 0 to 86400; 300 for a new rule. */
  cooldown_in_seconds?: number
  /** The rule notifies nobody until then; with a time zone; null: not snoozed. */
  snoozed_until?: string | null
  /** How loudly it rings: `normal`, `time_sensitive` or `passive`. */
  importance?: 'normal' | 'time_sensitive' | 'passive'
}

/** A rule, and the number of pictures. */
export type TrialInput = {
  /** When to alert, in plain words; trimmed. */
  rule: string
  /** The number of pictures, 0 to 20; 20 by default. */
  count?: number
}

/** How the service reads a rule, and its verdicts on pictures. */
export type Trial = {
  /** How the service reads the rule: its hours, in the time zone of the camera, and its objects. */
  reading: {
    /** The hours in which the rule applies; empty: at any hour. */
    hours: {
      /** When the hours begin. */
      from: string
      /** When the hours end: on the next day unless after `from`; `00:00` is midnight. */
      to: string
    }[]
    /** The days on which the rule applies; empty: every day. Hours past midnight belong to the day on which they begin. */
    days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
    /** The words that are left for the judge of a picture. */
    rest: string
    /** Words about time that could not be parsed. If there are any, the rule applies at any hour and `rest` is the whole rule. */
    unread: string[]
    /** The objects that a picture must show: all if `together`, else any. */
    objects: {
      /** One of the 80 names of COCO, like `person`. */
      label: string
      /** The minimum number. */
      at_least: number
    }[]
    /** Whether a picture must show all of `objects`, or any of them. */
    together: boolean
    /** Whether any motion matches; `objects` is empty then. */
    motion: boolean
    /** Words of `rest` beyond `objects` and `motion`, which only a vision model can judge. */
    beyond: string[]
  }
  /** The number of pictures that match. */
  matched: number
  /** The number of pictures that were judged. */
  judged: number
  /** The pictures, the newest first. */
  results: {
    /** The id of the event. A UUIDv7. */
    public_event_id: string
    /** When the picture was taken. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
    captured_at: string
    /** The picture. The URL needs no token and works for an hour and a half. */
    image_url: string
    /** The verdict of the judge; null if it was not asked or did not answer. */
    verdict: 'yes' | 'no' | 'unsure' | null
    /** Why there is no verdict: the picture was taken outside the rule’s hours (`hours`), no longer exists (`no_picture`), or the judge did not answer in time (`no_answer`). */
    skipped: 'hours' | 'no_picture' | 'no_answer' | null
    /** What the judge saw, in at most one sentence. */
    evidence: string
  }[]
}

/** A new camera. */
export type Provisioning = {
  /** The serial number; trimmed. */
  device_id: string
}

/** A camera that has just been provisioned. */
export type ProvisionedDevice = {
  /** For the QR code on its sticker. Returned only once. */
  claim_token: string
}

/** The credentials of a provisioned camera. */
export type DeviceRegistration = {
  /** The serial number. */
  device_id: string
  /** The claim token on its sticker. */
  claim_token: string
}

/** The token that a camera stores. */
export type RegisteredDevice = {
  /** For `Authorization: Device <device token>`. Returned only once, and valid until it is revoked. */
  device_token: string
  /** The current id of the camera. Its access tokens name it from now on. A UUIDv7. */
  public_camera_id: string
}

/** The token of a sticker, and the place of the camera. */
export type Claim = {
  /** The content of the QR code. */
  claim_token: string
  /** The place of the camera; trimmed. */
  location: string
}

/** A camera that is yours. */
export type ClaimedCamera = {
  /** The id of the camera in paths. A UUIDv7. */
  public_camera_id: string
}

/** The place of the future camera. */
export type PairingCodeInput = {
  /** The place of the camera; trimmed. */
  location: string
}

/** A code that the owner types into a camera. */
export type PairingCode = {
  /** Eight letters and digits with a hyphen, ready to show. Returned only once. */
  pairing_code: string
  /** When the code expires. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  expires_at: string
}

/** A code, and the camera that uses it. */
export type Pairing = {
  /** The code, in any letter case and spacing. */
  pairing_code: string
  /** 32 random bytes in base64url; the same for every retry with this code. */
  nonce: string
  /** The model of the camera. */
  model?: string
  /** The version of its program. */
  version?: string
}

/** The token that a camera stores. */
export type PairedDevice = {
  /** For `Authorization: Device <device token>`. Returned only once, and valid until it is revoked. */
  device_token: string
  /** The id of the camera in paths. A UUIDv7. */
  public_camera_id: string
  /** The place of the camera, as its owner entered it. */
  location: string
}

/** The device of a camera. Fields without a value are left out. */
export type Device = {
  /** The id of the device. It stays the same if another camera claims the device. A UUIDv7. */
  public_device_id: string
  /** Its serial number, if a manufacturer provisioned it. */
  device_id?: string
  /** The model that the device reported. */
  model?: string
  /** The version of its program. */
  version?: string
  /** When the device got its token. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  registered_at?: string
  /** When the device became this camera. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  claimed_at?: string
  /** When its token was revoked. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  revoked_at?: string
  /** When the camera was last seen, to the minute. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_seen_at?: string
  /** Whether that is less than 180 seconds ago. */
  is_online: boolean
}

/** A camera’s access token. */
export type DeviceAccess = {
  /** For `Authorization: Bearer <access>`. */
  access: string
  /** The lifetime of the token in seconds. */
  expires_in: number
}

/** The state of a camera. Every field is optional. */
export type Heartbeat = {
  /** The version of its program. */
  version?: string
  /** The pictures that it analyses per second. */
  fps?: number
  /** The number of pictures that wait for their upload. */
  spooled?: number
  /** The temperature of its processor in degrees Celsius. */
  temperature?: number
}

/** The service has stored it. */
export type Noted = {}

/** A command to the camera. */
export type Command = {
  /** Always `none`: there is no live view yet. */
  command: 'none'
}

/** A URL to PUT one file to. */
export type PresignedUpload = {
  /** PUT the bytes here, with the same `Content-Type` and without `Authorization`. */
  url: string
  /** The key of the file in the bucket. */
  key: string
  /** The lifetime of the URL in seconds. */
  expires_in: number
}

/** A picture and its verdicts. */
export type Event = {
  /** The id of the event in paths. A UUIDv7. */
  public_event_id: string
  /** The id of its camera, which may have been deleted; null for an upload without a camera. A UUIDv7. */
  public_camera_id: string | null
  /** When the picture was taken, by the camera’s clock if it is plausible. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  captured_at: string
  /** When the service first heard of the picture. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  received_at: string
  /** `received` and `judging` until it has been judged, then `done`, `failed` or `discarded`. */
  state: 'received' | 'judging' | 'done' | 'failed' | 'discarded'
  /** Why the last attempt failed, or why the picture is not judged: a word for programs. */
  failure: string | null
  /** The number of attempts to judge it. */
  attempts: number
  /** The detections of the camera: a name, a score and a box. */
  labels: {
    label: string
    score: number
    box: number[]
  }[]
  /** What the picture shows, in the words of its judge. */
  caption: string | null
  /** The judge that answered or was asked last: a host and a model. */
  judge: string | null
  /** When the judge answered. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  judged_at: string | null
  /** The time that the judge took, in milliseconds. */
  judge_in_ms: number | null
  /** The number of tokens in the request, if the judge reports it. */
  tokens_in: number | null
  /** The number of tokens in the answer, if the judge reports it. */
  tokens_out: number | null
  /** The picture. The URL needs no token and works for an hour and a half. Null if there is no picture, if its camera was deleted, and on pages of more than 50. */
  image_url: string | null
  /** The clip, under the same conditions. */
  clip_url: string | null
  /** One for each rule that its camera had at that time. */
  verdicts: {
    /** The id of the rule, which may have been deleted. A UUIDv7. */
    public_rule_id: string
    /** The words of the rule at that time. */
    rule: string
    /** Its nickname at that time. */
    rule_nickname: string
    /** The verdict of the judge. Only a `yes` notifies anybody; null if the judge was not asked. */
    verdict: 'yes' | 'no' | 'unsure' | null
    /** Why the rule was skipped, or did not notify in spite of a `yes`: it is disabled (`disabled`), its camera is not armed (`not_armed`), the rule or its camera is snoozed (`snoozed`), the picture is outside its hours (`hours`), it notified of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null if it was not skipped. */
    skipped: 'disabled' | 'not_armed' | 'snoozed' | 'hours' | 'cooling_down' | 'too_many' | null
    /** What the judge saw, in at most one sentence. */
    evidence: string
    /** Your feedback on the verdict. */
    feedback: 'right' | 'wrong' | null
  }[]
}

/** A picture; only its key is required. */
export type Announcement = {
  /** The `key` that came with the URL to upload to. */
  key: string
  /** When the picture was taken, by the camera’s clock; defaults to the time in its key. */
  captured_at?: string
  /** The detections of the camera: a name, a score, and a box as left, top, width and height in fractions of the picture. */
  labels?: {
    label: string
    score: number
    box: number[]
  }[]
}

/** A picture that will be judged or has been. */
export type AnnouncedEvent = {
  /** The id of the event of the picture. A UUIDv7. */
  public_event_id: string
  /** `received` and `judging` until it has been judged, then `done`, `failed` or `discarded`. */
  state: 'received' | 'judging' | 'done' | 'failed' | 'discarded'
}

/** The rule of a verdict, and whether the verdict is right. */
export type Feedback = {
  /** The rule of the verdict. */
  public_rule_id: string
  /** Whether the verdict is right. */
  feedback: 'right' | 'wrong'
}

/** The verdict of one rule on a picture. */
export type Verdict = {
  /** The id of the rule, which may have been deleted. A UUIDv7. */
  public_rule_id: string
  /** The words of the rule at that time. */
  rule: string
  /** Its nickname at that time. */
  rule_nickname: string
  /** The verdict of the judge. Only a `yes` notifies anybody; null if the judge was not asked. */
  verdict: 'yes' | 'no' | 'unsure' | null
  /** Why the rule was skipped, or did not notify in spite of a `yes`: it is disabled (`disabled`), its camera is not armed (`not_armed`), the rule or its camera is snoozed (`snoozed`), the picture is outside its hours (`hours`), it notified of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null if it was not skipped. */
  skipped: 'disabled' | 'not_armed' | 'snoozed' | 'hours' | 'cooling_down' | 'too_many' | null
  /** What the judge saw, in at most one sentence. */
  evidence: string
  /** Your feedback on the verdict. */
  feedback: 'right' | 'wrong' | null
}

/** An event in the format of the storage. */
export type StorageWord = {}

/** The event is accepted. */
export type Heard = {}

/** At most ten notifications, the newest first. */
export type CameraNotificationPage = {
  /** The `cursor` of the next page, with older notifications; null on the last page. */
  next: string | null
  /** Always null: the client already has the previous page. */
  previous: string | null
  /** The notifications. */
  results: {
    /** The id of the notification. A UUIDv7. */
    public_notification_id: string
    /** The id of its camera, which may have been deleted; null if it concerns no camera. Never null under a camera. A UUIDv7. */
    public_camera_id: string | null
    /** The nicknames of the rules that the picture matched, as they were then. */
    rule_nicknames: string[]
    /** The picture. The URL needs no token and works for an hour and a half. Null if there is no picture. */
    detection_preview_url: string | null
    /** The clip, under the same conditions; null if there is none yet. */
    video_clip_url: string | null
    /** When the notification was created. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
    created_at: string
    /** The id of the event of its newest picture. A UUIDv7. */
    public_event_id: string | null
    /** The ids of the events of all its pictures, in the order in which they were added. */
    public_event_ids: string[]
    /** The cause: a rule matched (`match`), a picture could not be judged yet (`unjudged`), the camera went offline (`offline`) or is back (`online`), a text in the picture addresses the camera (`text`), or more pictures came than the limit allows (`limited`). */
    kind: 'match' | 'unjudged' | 'offline' | 'online' | 'text' | 'limited'
    /** The place of its camera. */
    title: string
    /** A line for each rule: its nickname and what the judge saw. */
    body: string
    /** The ids of the rules, in the same order. */
    public_rule_ids: string[]
    /** The number of its pictures. */
    count: number
    /** How loudly it rings: the highest importance of its rules; `passive` if the picture is more than 10 minutes old. */
    importance: 'normal' | 'time_sensitive' | 'passive'
    /** When its newest picture was taken. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
    captured_at: string | null
    /** When you marked it as seen. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
    seen_at: string | null
  }[]
}

/** A notification. */
export type CameraNotification = {
  /** The id of the notification. A UUIDv7. */
  public_notification_id: string
  /** The id of its camera, which may have been deleted; null if it concerns no camera. Never null under a camera. A UUIDv7. */
  public_camera_id: string | null
  /** The nicknames of the rules that the picture matched, as they were then. */
  rule_nicknames: string[]
  /** The picture. The URL needs no token and works for an hour and a half. Null if there is no picture. */
  detection_preview_url: string | null
  /** The clip, under the same conditions; null if there is none yet. */
  video_clip_url: string | null
  /** When the notification was created. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  created_at: string
  /** The id of the event of its newest picture. A UUIDv7. */
  public_event_id: string | null
  /** The ids of the events of all its pictures, in the order in which they were added. */
  public_event_ids: string[]
  /** The cause: a rule matched (`match`), a picture could not be judged yet (`unjudged`), the camera went offline (`offline`) or is back (`online`), a text in the picture addresses the camera (`text`), or more pictures came than the limit allows (`limited`). */
  kind: 'match' | 'unjudged' | 'offline' | 'online' | 'text' | 'limited'
  /** The place of its camera. */
  title: string
  /** A line for each rule: its nickname and what the judge saw. */
  body: string
  /** The ids of the rules, in the same order. */
  public_rule_ids: string[]
  /** The number of its pictures. */
  count: number
  /** How loudly it rings: the highest importance of its rules; `passive` if the picture is more than 10 minutes old. */
  importance: 'normal' | 'time_sensitive' | 'passive'
  /** When its newest picture was taken. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  captured_at: string | null
  /** When you marked it as seen. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  seen_at: string | null
}

/** The notifications. */
export type ClearedNotifications = {
  /** Their ids, 1 to 1000. */
  public_notification_ids: string[]
}

/** The number of notifications. */
export type ClearedCount = {
  /** The number of them that are now cleared. */
  cleared_count: number
}

/** The notifications. */
export type SeenNotifications = {
  /** Their ids, 1 to 1000. */
  public_notification_ids: string[]
}

/** The number of notifications. */
export type SeenCount = {
  /** The number of them that are now seen. */
  seen_count: number
}

/** The action, and the token that permits it. */
export type NotificationAction = {
  /** The token of the push, if no access token is sent. */
  token?: string
  /** The action: `snooze_1h`, `not_this` or `seen`. */
  action: 'snooze_1h' | 'not_this' | 'seen'
}

/** The action is done. */
export type ActedOn = {
  /** The camera notifies nobody until then, if the action snoozed it. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  snoozed_until: string | null
}

/** How you are notified, and what this deployment supports. */
export type NotificationSettings = {
  /** The IANA time zone of the quiet hours and of cameras without a zone; null: UTC. */
  time_zone: string | null
  /** When quiet hours begin, as in `22:00`; null if there are none. */
  quiet_from: string | null
  /** When quiet hours end. */
  quiet_to: string | null
  /** Nothing rings until then; null or a past time: not snoozed. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  snoozed_until: string | null
  /** Whether you are notified of pictures that could not be judged. */
  tells_unjudged: boolean
  /** Whether you are notified when a camera goes offline or comes back. */
  tells_offline: boolean
  /** The channels that this deployment is set up for. */
  channels: {
    /** Whether this deployment can push to browsers. */
    web_push: boolean
    /** Whether this deployment can push to iPhones. */
    apns: boolean
    /** Whether this deployment can call a webhook. */
    webhook: boolean
    /** Whether this deployment can publish to ntfy. */
    ntfy: boolean
    /** Whether this deployment can send mail. */
    mail: boolean
  }
  /** The host that judges pictures; null: no picture is judged. */
  judge: string | null
}

/** The fields to change. */
export type NotificationSettingsPatch = {
  /** The IANA time zone of the quiet hours and of cameras without a zone; null: UTC. */
  time_zone?: string | null
  /** When quiet hours begin; needs `quiet_to`, or both are null. */
  quiet_from?: string | null
  /** When quiet hours end, possibly on the next day. */
  quiet_to?: string | null
  /** Nothing rings until then; with a time zone; null: not snoozed. */
  snoozed_until?: string | null
  /** Whether you are notified of pictures that could not be judged. */
  tells_unjudged?: boolean
  /** Whether you are notified when a camera goes offline or comes back. */
  tells_offline?: boolean
}

/** An iPhone. */
export type ApnsToken = {
  /** Its token for Apple’s push service, in hexadecimal digits. */
  apns_device_id: string | null
}

/** The token is stored. */
export type ApnsTokenKept = {
  /** A confirmation. */
  message: string
}

/** The public key of this service (VAPID). */
export type PushKey = {
  /** In base64url. */
  key: string
}

/** A place where an account is notified. Its address is not shown. */
export type PushTarget = {
  /** The id of the target in paths. A UUIDv7. */
  public_target_id: string
  /** The protocol of the target. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** Its name; defaults to the host for a webhook or a topic. */
  name: string
  /** When it last accepted a notification; null before the first. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_sent_at: string | null
  /** The number of consecutive failures since then. */
  failures: number
  /** Whether it belongs to the session of this request. */
  is_current: boolean
}

/** The target, by kind: `web_push` needs `endpoint` and `keys`; `apns` needs `token`, `environment` and `topic`; `webhook` and `ntfy` need `url`. */
export type PushTargetInput = {
  /** The protocol. `channels` in the notification settings lists those that this service is set up for. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** The endpoint of a browser’s push subscription. */
  endpoint?: string
  /** The keys of the same subscription. */
  keys?: {
    p256dh: string
    auth: string
  }
  /** The token of an iPhone for Apple’s push service, in hexadecimal digits. */
  token?: string
  /** Whether the app is from the App Store or TestFlight, or from Xcode. */
  environment?: 'production' | 'sandbox'
  /** The id of the app. */
  topic?: string
  /** The address of a webhook or of a topic, like https://ntfy.sh/my-topic. */
  url?: string
  /** A name that its owner recognizes. */
  name?: string
}

/** A target that has just been registered. */
export type NewPushTarget = {
  /** The id of the target in paths. A UUIDv7. */
  public_target_id: string
  /** The protocol of the target. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** Its name; defaults to the host for a webhook or a topic. */
  name: string
  /** When it last accepted a notification; null before the first. RFC 3339 in UTC; a fraction of six digits, or none if it is zero. */
  last_sent_at: string | null
  /** The number of consecutive failures since then. */
  failures: number
  /** Whether it belongs to the session of this request. */
  is_current: boolean
  /** The secret with which the receiver of a webhook verifies requests (Standard Webhooks). Returned only here. */
  secret?: string
}

/** The outcome of the test. */
export type PushOutcome = {
  /** `sent`: the push service accepted it. `gone`: the target no longer exists. `later`: a temporary failure; a notification would be retried. `refused`: a permanent failure. */
  outcome: 'sent' | 'gone' | 'later' | 'refused'
  /** The HTTP status; null if there was no answer. */
  status: number | null
  /** The reason. */
  reason:
    | 'accepted'
    | 'unregistered'
    | 'refused'
    | 'misconfigured'
    | 'forbidden_address'
    | 'too_large'
    | 'busy'
    | 'failing'
    | 'timed_out'
    | 'unreachable'
}

/** The type of the image, and its camera. The fields and the whole body are optional. */
export type PresignRequest = {
  /** The `Content-Type` of the upload. */
  'content-type'?: 'image/jpeg' | 'image/png'
  /** The id of the camera of the picture: its rules judge it. Without it, the rules of all your cameras do. */
  camera?: string
}
