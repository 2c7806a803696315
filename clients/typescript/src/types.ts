// Made from the API's description by `npm run build -w clients/typescript`.

/** A new account. */
export type Registration = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** Where the person is reached, and whom they sign in as. */
  email: string
  /** What the person will sign in with. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not like the email or the names. */
  password: string
}

/** An account that was just made, signed in. */
export type NewAccount = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** In lower case; the username too. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
  user: {
    /** The id of the account. A UUIDv7. */
    public_user_id: string
    /** The email. */
    username: string
  }
  /** For the `Authorization` header, good for 5 minutes. */
  access: string
  /** For a new access token, good for a day. */
  refresh: string
}

/** An email, in any letter case, and its password. */
export type Credentials = {
  /** The email of the account. */
  email: string
  /** Its password. */
  password: string
}

/** A session. */
export type TokenPair = {
  /** For the `Authorization` header, good for 5 minutes. */
  access: string
  /** For a new access token, good for a day. */
  refresh: string
}

/** A refresh token. */
export type RefreshRequest = {
  /** The refresh token of the session. */
  refresh: string
}

/** A fresh token. */
export type AccessToken = {
  /** For the `Authorization` header, good for 5 minutes. */
  access: string
}

/** Whose password is forgotten. */
export type PasswordResetRequest = {
  /** The email of the account. */
  email: string
}

/** That it is being done; nothing more is told. */
export type Accepted = {}

/** A token, and the password to set. */
export type PasswordResetConfirmation = {
  /** The token of the mail. */
  token: string
  /** The new password. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not like the email or the names. */
  password: string
}

/** Who signs in, and where. */
export type SessionInput = {
  /** The email of the account, in any letter case. */
  email: string
  /** Its password. */
  password: string
  /** By what the person knows this phone, program or browser again. */
  name: string
}

/** A session that has just begun. */
export type StartedSession = {
  /** For the `Authorization` header, good for 5 minutes. */
  access: string
  /** For fresh access tokens. It is told here only: keep it like a password. */
  session: string
  /** The id of the session in paths. A UUIDv7. */
  public_session_id: string
}

/** Somebody who stays signed in, somewhere. */
export type Session = {
  /** The id of the session in paths. A UUIDv7. */
  public_session_id: string
  /** What it called itself. */
  name: string
  /** When it began. A session ends a year later. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  created_at: string
  /** When it was used last, to the hour. A session ends 90 days later. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_used_at: string
  /** Whether it is the one that asks. */
  is_current: boolean
}

/** The secret of a session. */
export type SessionSecret = {
  /** The secret, as `startSession` told it. */
  session: string
}

/** An account. */
export type User = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** In lower case; the username too. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
}

/** What its owner may change of an account. What is not sent stays as it was. */
export type UserInput = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** The new email, which becomes the username too. */
  email: string
  /** The new password. Needs `current_password`. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not like the email or the names. */
  password?: string
  /** The password until now, only together with `password`. */
  current_password?: string
}

/** An account after a change; with fresh tokens where the password changed, of which a session needs the access token alone. */
export type ChangedUser = {
  /** The given name; may be blank. */
  first_name: string
  /** The family name; may be blank. */
  last_name: string
  /** In lower case; the username too. */
  email: string
  /** The id of the account in paths. A UUIDv7. */
  public_user_id: string
  /** Where the password changed: a fresh access token. */
  access?: string
  /** Where the password changed: a fresh refresh token; none where the request came by a session, which goes on. */
  refresh?: string
}

/** What its owner may change of an account. What is not sent stays as it was. */
export type UserPatch = {
  /** The given name. */
  first_name?: string
  /** The family name. */
  last_name?: string
  /** The new email, which becomes the username too. */
  email?: string
  /** The new password. Needs `current_password`. At least 8 characters after trimming, not only digits, not one of the 20,000 most common, not like the email or the names. */
  password?: string
  /** The password until now, only together with `password`. */
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
  /** Where it hangs. */
  location: string
  /** When it was added. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  created_at: string
  /** The time zone of its hours, by its IANA name; null: that of the account. */
  time_zone: string | null
  /** Whether its pictures are judged. */
  is_armed: boolean
  /** Until when it tells nobody. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  snoozed_until: string | null
  /** Whether it was heard of in the last 3 minutes. */
  is_online: boolean
  /** When it was last heard of. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_seen_at: string | null
  /** Its picture of now, to be read without a token for an hour and a half; null in lists of more than 50. */
  camera_preview_url: string | null
  /** When that picture was taken. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  preview_updated_at: string | null
}

/** What its owner says of a camera. */
export type CameraInput = {
  /** Where it hangs; trimmed. */
  location: string
  /** The IANA name of the time zone of its hours; null: that of the account. */
  time_zone?: string | null
  /** Whether its pictures are judged; those of a new camera are. */
  is_armed?: boolean
  /** Until when it tells nobody, with its time zone; null: it tells. */
  snoozed_until?: string | null
}

/** What its owner says of a camera. */
export type CameraPatch = {
  /** Where it hangs; trimmed. */
  location?: string
  /** The IANA name of the time zone of its hours; null: that of the account. */
  time_zone?: string | null
  /** Whether its pictures are judged; those of a new camera are. */
  is_armed?: boolean
  /** Until when it tells nobody, with its time zone; null: it tells. */
  snoozed_until?: string | null
}

/** What a camera alerts to. */
export type Rule = {
  /** The number of the rule. */
  id: number
  /** The id of the rule in paths. A UUIDv7. */
  public_rule_id: string
  /** The number of its owner. */
  owner: number
  /** The number of its camera. */
  camera: number
  /** What to alert to, in plain words. */
  rule: string
  /** A short name for it. */
  rule_nickname: string
  /** Whether it alerts. */
  is_enabled: boolean
  /** When it was added. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  created_at: string
  /** How long after an alert it is silent. */
  cooldown_in_seconds: number
  /** Until when it tells nobody. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  snoozed_until: string | null
  /** How loudly it tells: `normal`, `time_sensitive` (also in quiet hours) or `passive` (without a sound). */
  importance: string
  /** When the last picture that it matched was taken. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_triggered: string | null
  /** What the words of the rule say of time, in the time zone of the camera, and of a picture. */
  reading: {
    /** At which hours the rule holds; none: at any hour. */
    hours: {
      /** When it begins. */
      from: string
      /** When it ends; not after `from`: on the next day, `00:00`: at midnight. */
      to: string
    }[]
    /** On which days; none: every day. Hours over midnight belong to the day on which they begin. */
    days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
    /** What is left for whoever looks at a picture. */
    rest: string
    /** Words about time that could not be read. Where there is one, the rule holds at any hour and `rest` is all of it. */
    unread: string[]
    /** What has to be in a picture, all of it where `together`. */
    objects: {
      /** One of the 80 names of COCO, as in `person`. */
      label: string
      /** How many of it. */
      at_least: number
    }[]
    /** Whether all of `objects` have to be there; else any of them. */
    together: boolean
    /** Whether anything that moves will do; `objects` is empty then. */
    motion: boolean
    /** Words of `rest` that say more than `objects` and `motion`: only a vision model can tell. */
    beyond: string[]
  }
}

/** What its owner says of a rule. */
export type RuleInput = {
  /** What to alert to, in plain words; trimmed. */
  rule: string
  /** A short name for it; trimmed. */
  rule_nickname: string
  /** Whether it alerts; a new rule does where this is not sent. */
  is_enabled?: boolean
  /** How long after an alert it is silent, 0 to 86400; 300 for a new rule. */
  cooldown_in_seconds?: number
  /** Until when it tells nobody, with its time zone; null: it tells. */
  snoozed_until?: string | null
  /** How loudly it tells: `normal`, `time_sensitive` or `passive`. */
  importance?: 'normal' | 'time_sensitive' | 'passive'
}

/** What its owner says of a rule. */
export type RulePatch = {
  /** What to alert to, in plain words; trimmed. */
  rule?: string
  /** A short name for it; trimmed. */
  rule_nickname?: string
  /** Whether it alerts; a new rule does where this is not sent. */
  is_enabled?: boolean
  /** How long after an alert it is silent, 0 to 86400; 300 for a new rule. */
  cooldown_in_seconds?: number
  /** Until when it tells nobody, with its time zone; null: it tells. */
  snoozed_until?: string | null
  /** How loudly it tells: `normal`, `time_sensitive` or `passive`. */
  importance?: 'normal' | 'time_sensitive' | 'passive'
}

/** A rule, and how many pictures. */
export type TrialInput = {
  /** What to alert to, in plain words; trimmed. */
  rule: string
  /** How many pictures, 0 to 20; 20 where it is not sent. */
  count?: number
}

/** How a rule is read, and what it says of pictures. */
export type Trial = {
  /** What the words of the rule say of time, in the time zone of the camera, and of a picture. */
  reading: {
    /** At which hours the rule holds; none: at any hour. */
    hours: {
      /** When it begins. */
      from: string
      /** When it ends; not after `from`: on the next day, `00:00`: at midnight. */
      to: string
    }[]
    /** On which days; none: every day. Hours over midnight belong to the day on which they begin. */
    days: ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]
    /** What is left for whoever looks at a picture. */
    rest: string
    /** Words about time that could not be read. Where there is one, the rule holds at any hour and `rest` is all of it. */
    unread: string[]
    /** What has to be in a picture, all of it where `together`. */
    objects: {
      /** One of the 80 names of COCO, as in `person`. */
      label: string
      /** How many of it. */
      at_least: number
    }[]
    /** Whether all of `objects` have to be there; else any of them. */
    together: boolean
    /** Whether anything that moves will do; `objects` is empty then. */
    motion: boolean
    /** Words of `rest` that say more than `objects` and `motion`: only a vision model can tell. */
    beyond: string[]
  }
  /** Of how many it would have told. */
  matched: number
  /** How many were judged. */
  judged: number
  /** The pictures, the newest first. */
  results: {
    /** The id of the event. A UUIDv7. */
    public_event_id: string
    /** When the picture was taken. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
    captured_at: string
    /** The picture, to be read without a token for an hour and a half. */
    image_url: string
    /** What the judge said; null where it was not asked or did not answer. */
    verdict: 'yes' | 'no' | 'unsure' | null
    /** Why there is no verdict: the picture was taken outside of the rule’s hours (`hours`), cannot be seen any more (`no_picture`), or nobody judged it in time (`no_answer`). */
    skipped: 'hours' | 'no_picture' | 'no_answer' | null
    /** What the judge saw, in a sentence at most. */
    evidence: string
  }[]
}

/** A camera that was assembled. */
export type Provisioning = {
  /** Its serial number; trimmed. */
  device_id: string
}

/** A camera that is known now. */
export type ProvisionedDevice = {
  /** For its sticker, as a QR code holds it: told this once. */
  claim_token: string
}

/** What a provisioned camera was given. */
export type DeviceRegistration = {
  /** Its serial number. */
  device_id: string
  /** The token of its sticker. */
  claim_token: string
}

/** What a camera keeps. */
export type RegisteredDevice = {
  /** For `Authorization: Device <device token>`; told this once, and good until it is revoked. */
  device_token: string
  /** What the camera goes by at this moment; its access tokens name it from now on. A UUIDv7. */
  public_camera_id: string
}

/** A sticker, and where its camera hangs. */
export type Claim = {
  /** What the QR code holds. */
  claim_token: string
  /** Where it hangs; trimmed. */
  location: string
}

/** A camera that is yours. */
export type ClaimedCamera = {
  /** The id of the camera in paths. A UUIDv7. */
  public_camera_id: string
}

/** Where the camera will hang. */
export type PairingCodeInput = {
  /** Where it hangs; trimmed. */
  location: string
}

/** A code to type into a camera. */
export type PairingCode = {
  /** Eight letters and digits, as they are shown: told this once. */
  pairing_code: string
  /** Until when it is good. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  expires_at: string
}

/** A code, and who uses it. */
export type Pairing = {
  /** The code, in any letter case and spacing. */
  pairing_code: string
  /** 32 random bytes in base64url, the same each time this code is tried. */
  nonce: string
  /** What the camera is. */
  model?: string
  /** The version of its program. */
  version?: string
}

/** What a camera keeps. */
export type PairedDevice = {
  /** For `Authorization: Device <device token>`; told this once, and good until it is revoked. */
  device_token: string
  /** The id of the camera in paths. A UUIDv7. */
  public_camera_id: string
  /** Where its owner says that it hangs. */
  location: string
}

/** What hangs where a camera is. What there is none of is left out. */
export type Device = {
  /** The id of the device, which stays the same from camera to camera. A UUIDv7. */
  public_device_id: string
  /** Its serial number, where it was assembled by others. */
  device_id?: string
  /** What it says that it is. */
  model?: string
  /** The version of its program. */
  version?: string
  /** When it got its token. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  registered_at?: string
  /** When it became this camera. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  claimed_at?: string
  /** Since when it may do nothing any more. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  revoked_at?: string
  /** When the camera was seen last, to the minute. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_seen_at?: string
  /** Whether that is less than 180 seconds ago. */
  is_online: boolean
}

/** A camera’s access token. */
export type DeviceAccess = {
  /** For `Authorization: Bearer <access>`. */
  access: string
  /** How long it is good, in seconds. */
  expires_in: number
}

/** What a camera tells of itself; all of it may be missing. */
export type Heartbeat = {
  /** The version of its program. */
  version?: string
  /** Pictures a second that it looks at. */
  fps?: number
  /** Pictures that wait for an upload. */
  spooled?: number
  /** Of its processor, in degrees Celsius. */
  temperature?: number
}

/** It is noted. */
export type Noted = {}

/** What a camera is asked to do. */
export type Command = {
  /** Nothing: there is no live view yet. */
  command: 'none'
}

/** Where to PUT one image. */
export type PresignedUpload = {
  /** PUT the bytes here, with the same `Content-Type` and without `Authorization`. */
  url: string
  /** The name of the image in the bucket. */
  key: string
  /** How long the URL is good, in seconds. */
  expires_in: number
}

/** A picture, and what became of it. */
export type Event = {
  /** The id of the event in paths. A UUIDv7. */
  public_event_id: string
  /** The id of its camera, which may be gone; null for an upload that names none. A UUIDv7. */
  public_camera_id: string | null
  /** When the picture was taken, by the camera’s clock as far as that can be. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  captured_at: string
  /** When it was first heard of. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  received_at: string
  /** `received` and `judging` while it is judged, then `done`, `failed` or `discarded`. */
  state: 'received' | 'judging' | 'done' | 'failed' | 'discarded'
  /** Why the last attempt came to nothing, or why it is not judged: a word for programs. */
  failure: string | null
  /** How often somebody began to judge it. */
  attempts: number
  /** What the camera found: a name, how sure it is, and where. */
  labels: {
    label: string
    score: number
    box: number[]
  }[]
  /** What the picture shows, in the words of its judge. */
  caption: string | null
  /** Who judged it, or was asked last: a host and a model. */
  judge: string | null
  /** When. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  judged_at: string | null
  /** How long that took, in milliseconds. */
  judge_in_ms: number | null
  /** How many tokens the question took, where the judge counts them. */
  tokens_in: number | null
  /** How many the answer took. */
  tokens_out: number | null
  /** The picture, to be read without a token for an hour and a half; null where there is none, where its camera is gone, and on pages of more than 50. */
  image_url: string | null
  /** The clip, likewise. */
  clip_url: string | null
  /** One for each rule that its camera had then. */
  verdicts: {
    /** The id of the rule, which may be gone. A UUIDv7. */
    public_rule_id: string
    /** The rule, as its words were then. */
    rule: string
    /** Its name then. */
    rule_nickname: string
    /** What the judge said. Only a `yes` tells anybody; null where it was not asked. */
    verdict: 'yes' | 'no' | 'unsure' | null
    /** Why the rule was not asked, or did not tell in spite of a `yes`: it is switched off (`disabled`), its camera is not armed (`not_armed`), one of them is snoozed (`snoozed`), it is outside its hours (`hours`), it told of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null where nothing kept it. */
    skipped: 'disabled' | 'not_armed' | 'snoozed' | 'hours' | 'cooling_down' | 'too_many' | null
    /** What the judge saw, in a sentence at most. */
    evidence: string
    /** What you said of the verdict. */
    feedback: 'right' | 'wrong' | null
  }[]
}

/** A picture; only its key must be said. */
export type Announcement = {
  /** The `key` that came with the URL to upload to. */
  key: string
  /** When it was taken, by the camera’s clock. */
  captured_at?: string
  /** What the camera found: a name, a score, and a box as left, top, width and height in shares of the picture. */
  labels?: {
    label: string
    score: number
    box: number[]
  }[]
}

/** A picture that will be judged, or was. */
export type AnnouncedEvent = {
  /** The id of the event that the picture is. A UUIDv7. */
  public_event_id: string
  /** `received` and `judging` while it is judged, then `done`, `failed` or `discarded`. */
  state: 'received' | 'judging' | 'done' | 'failed' | 'discarded'
}

/** Of which rule’s verdict, and whether it is right. */
export type Feedback = {
  /** The rule of the verdict. */
  public_rule_id: string
  /** Whether it is right. */
  feedback: 'right' | 'wrong'
}

/** What was found of a picture by one rule. */
export type Verdict = {
  /** The id of the rule, which may be gone. A UUIDv7. */
  public_rule_id: string
  /** The rule, as its words were then. */
  rule: string
  /** Its name then. */
  rule_nickname: string
  /** What the judge said. Only a `yes` tells anybody; null where it was not asked. */
  verdict: 'yes' | 'no' | 'unsure' | null
  /** Why the rule was not asked, or did not tell in spite of a `yes`: it is switched off (`disabled`), its camera is not armed (`not_armed`), one of them is snoozed (`snoozed`), it is outside its hours (`hours`), it told of another picture shortly before (`cooling_down`), or too many rules came before it (`too_many`). Null where nothing kept it. */
  skipped: 'disabled' | 'not_armed' | 'snoozed' | 'hours' | 'cooling_down' | 'too_many' | null
  /** What the judge saw, in a sentence at most. */
  evidence: string
  /** What you said of the verdict. */
  feedback: 'right' | 'wrong' | null
}

/** What the storage says, in its own dialect. */
export type StorageWord = {}

/** It is heard. */
export type Heard = {}

/** Ten notifications at most, the newest first. */
export type CameraNotificationPage = {
  /** The `cursor` of the page after this one, of older ones; null on the last. */
  next: string | null
  /** Always null: who pages on has the page before. */
  previous: string | null
  /** The notifications. */
  results: {
    /** The id of the notification. A UUIDv7. */
    public_notification_id: string
    /** The id of its camera, which may be gone; null for what is not of one. Never null under a camera. A UUIDv7. */
    public_camera_id: string | null
    /** The rules that the picture matched, as they were called then. */
    rule_nicknames: string[]
    /** The picture, to be read without a token for an hour and a half; null where there is none. */
    detection_preview_url: string | null
    /** The clip, likewise; null where there is none, or not yet. */
    video_clip_url: string | null
    /** When it was told. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
    created_at: string
    /** The id of the event of its newest picture. A UUIDv7. */
    public_event_id: string | null
    /** Why: a rule matched (`match`), a picture could not be judged yet (`unjudged`), its camera fell silent (`offline`) or is back (`online`), a text in the picture speaks to the camera (`text`), or more pictures came than are judged (`limited`). */
    kind: 'match' | 'unjudged' | 'offline' | 'online' | 'text' | 'limited'
    /** Where: the place of its camera. */
    title: string
    /** A line for each rule: its nickname, and what was seen. */
    body: string
    /** The ids of the rules, in the same order. */
    public_rule_ids: string[]
    /** How many pictures it is about. */
    count: number
    /** How loudly it rings: as the loudest of its rules; `passive` where the picture is over 10 minutes old. */
    importance: 'normal' | 'time_sensitive' | 'passive'
    /** When its newest picture was taken. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
    captured_at: string | null
    /** When you said that you have seen it. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
    seen_at: string | null
  }[]
}

/** What was told. */
export type CameraNotification = {
  /** The id of the notification. A UUIDv7. */
  public_notification_id: string
  /** The id of its camera, which may be gone; null for what is not of one. Never null under a camera. A UUIDv7. */
  public_camera_id: string | null
  /** The rules that the picture matched, as they were called then. */
  rule_nicknames: string[]
  /** The picture, to be read without a token for an hour and a half; null where there is none. */
  detection_preview_url: string | null
  /** The clip, likewise; null where there is none, or not yet. */
  video_clip_url: string | null
  /** When it was told. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  created_at: string
  /** The id of the event of its newest picture. A UUIDv7. */
  public_event_id: string | null
  /** Why: a rule matched (`match`), a picture could not be judged yet (`unjudged`), its camera fell silent (`offline`) or is back (`online`), a text in the picture speaks to the camera (`text`), or more pictures came than are judged (`limited`). */
  kind: 'match' | 'unjudged' | 'offline' | 'online' | 'text' | 'limited'
  /** Where: the place of its camera. */
  title: string
  /** A line for each rule: its nickname, and what was seen. */
  body: string
  /** The ids of the rules, in the same order. */
  public_rule_ids: string[]
  /** How many pictures it is about. */
  count: number
  /** How loudly it rings: as the loudest of its rules; `passive` where the picture is over 10 minutes old. */
  importance: 'normal' | 'time_sensitive' | 'passive'
  /** When its newest picture was taken. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  captured_at: string | null
  /** When you said that you have seen it. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  seen_at: string | null
}

/** Which notifications. */
export type ClearedNotifications = {
  /** Their ids, 1 to 1000. */
  public_notification_ids: string[]
}

/** How many. */
export type ClearedCount = {
  /** How many of them are cleared now. */
  cleared_count: number
}

/** Which notifications. */
export type SeenNotifications = {
  /** Their ids, 1 to 1000. */
  public_notification_ids: string[]
}

/** How many. */
export type SeenCount = {
  /** How many of them are seen now. */
  seen_count: number
}

/** What to do, and by what right. */
export type NotificationAction = {
  /** The token of the push, where no access token is sent. */
  token?: string
  /** What to do: `snooze_1h`, `not_this` or `seen`. */
  action: 'snooze_1h' | 'not_this' | 'seen'
}

/** It is done. */
export type ActedOn = {
  /** Until when its camera tells nothing, where that was asked for. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  snoozed_until: string | null
}

/** How you are told, and what this deployment can do. */
export type NotificationSettings = {
  /** In which zone the hours are, by its name in the IANA’s database; null: in UTC. */
  time_zone: string | null
  /** When quiet hours begin, as in `22:00`; null where there are none. */
  quiet_from: string | null
  /** When they end. */
  quiet_to: string | null
  /** Until when nothing rings; null, or a time that is over: it does. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  snoozed_until: string | null
  /** Whether you are told of pictures that could not be judged. */
  tells_unjudged: boolean
  /** Whether you are told that a camera fell silent, and that it is back. */
  tells_offline: boolean
  /** What this deployment is set up for. */
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
  /** The host that pictures are sent to, to be judged; null: none is judged. */
  judge: string | null
}

/** What to change. */
export type NotificationSettingsPatch = {
  /** In which zone the hours are; null: in UTC. */
  time_zone?: string | null
  /** When quiet hours begin; with `quiet_to`, or both null. */
  quiet_from?: string | null
  /** When they end, which may be on the next day. */
  quiet_to?: string | null
  /** Until when nothing rings, with its time zone; null: it does. */
  snoozed_until?: string | null
  /** Whether you are told of pictures that could not be judged. */
  tells_unjudged?: boolean
  /** Whether you are told that a camera fell silent, and that it is back. */
  tells_offline?: boolean
}

/** An iPhone. */
export type ApnsToken = {
  /** Its token for Apple’s push service, in hexadecimal digits. */
  apns_device_id: string | null
}

/** It is kept. */
export type ApnsTokenKept = {
  /** That it is. */
  message: string
}

/** The public key of this service (VAPID). */
export type PushKey = {
  /** In base64url. */
  key: string
}

/** Where somebody is told. Its address is not shown. */
export type PushTarget = {
  /** The id of the target in paths. A UUIDv7. */
  public_target_id: string
  /** What speaks to it. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** What it was called; a webhook or a topic without a name is called by its host. */
  name: string
  /** When it took a notification last; null before the first. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_sent_at: string | null
  /** How many it did not take since, one after the other. */
  failures: number
  /** Whether it is of the session that asks. */
  is_current: boolean
}

/** Where, by its kind: `web_push` needs `endpoint` and `keys`, `apns` needs `token`, `environment` and `topic`, `webhook` and `ntfy` need `url`. */
export type PushTargetInput = {
  /** What speaks to it; `channels` of the notification settings say what this service is set up for. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** Of a browser’s push subscription. */
  endpoint?: string
  /** Of the same subscription. */
  keys?: {
    p256dh: string
    auth: string
  }
  /** Of an iPhone for Apple’s push service, in hexadecimal digits. */
  token?: string
  /** Whether the app is from the App Store or TestFlight, or from Xcode. */
  environment?: 'production' | 'sandbox'
  /** The id of the app. */
  topic?: string
  /** Of a webhook, or of a topic: https://ntfy.sh/my-topic. */
  url?: string
  /** By what its owner knows it again. */
  name?: string
}

/** A target that has just been registered. */
export type NewPushTarget = {
  /** The id of the target in paths. A UUIDv7. */
  public_target_id: string
  /** What speaks to it. */
  kind: 'web_push' | 'apns' | 'webhook' | 'ntfy'
  /** What it was called; a webhook or a topic without a name is called by its host. */
  name: string
  /** When it took a notification last; null before the first. RFC 3339 in UTC; six digits of a fraction, or no fraction where it is zero. */
  last_sent_at: string | null
  /** How many it did not take since, one after the other. */
  failures: number
  /** Whether it is of the session that asks. */
  is_current: boolean
  /** Of a webhook, by which its receiver verifies what comes (Standard Webhooks). It is told here only. */
  secret?: string
}

/** What became of it. */
export type PushOutcome = {
  /** `sent`: the service has it. `gone`: nobody is there any more. `later`: not now; a notification would be tried again. `refused`: it never will be taken. */
  outcome: 'sent' | 'gone' | 'later' | 'refused'
  /** Of the HTTP answer; null where there was none. */
  status: number | null
  /** Why. */
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

/** The type of the image, and its camera; the fields, the body or all of it may be missing. */
export type PresignRequest = {
  /** The `Content-Type` of the upload. */
  'content-type'?: 'image/jpeg' | 'image/png'
  /** The id of the camera whose picture it is: its rules are asked. Without it, those of all of yours. */
  camera?: string
}
