import { authOperations } from './auth/openapi.ts'
import { cameraOperations } from './cameras/openapi.ts'
import { deviceOperations } from './devices/openapi.ts'
import { eventOperations, storageOperations } from './events/openapi.ts'
import { healthOperations } from './health/openapi.ts'
import { notificationOperations } from './notifications/openapi.ts'
import { pushOperations } from './push/openapi.ts'
import { resetOperations } from './resets/openapi.ts'
import { ruleOperations } from './rules/openapi.ts'
import { pageSessionOperations, sessionOperations } from './sessions/openapi.ts'
import { trialOperations } from './trials/openapi.ts'
import { deviceUploadOperations, uploadOperations } from './uploads/openapi.ts'
import { registrationOperations, userOperations } from './users/openapi.ts'
import { documentOf, type Tag } from './openapi/document.ts'

/** The operations of each section, in the order of the reference. */
export const tags: Tag[] = [
  {
    name: 'Sign-in',
    description: 'Registration, sign-in and password resets. These operations need no token and ignore one.',
    operations: { ...registrationOperations, ...authOperations, ...resetOperations },
  },
  {
    name: 'Sessions',
    description: 'Phones, programs and pages that stay signed in.',
    operations: { ...sessionOperations, ...pageSessionOperations },
  },
  { name: 'Users', description: 'The account of the caller.', operations: userOperations },
  { name: 'Cameras', description: 'The cameras of the caller.', operations: cameraOperations },
  {
    name: 'Rules',
    description: 'What a camera alerts to.',
    operations: { ...ruleOperations, ...trialOperations },
  },
  {
    name: 'Devices',
    description: 'The requests of a camera itself, with its own token.',
    operations: { ...deviceOperations, ...deviceUploadOperations },
  },
  {
    name: 'Events',
    description: 'Pictures and their verdicts.',
    operations: { ...eventOperations, ...storageOperations },
  },
  {
    name: 'Notifications',
    description: 'The notifications of cameras, and where they are sent.',
    operations: { ...notificationOperations, ...pushOperations },
  },
  {
    name: 'Uploads',
    description: 'Images go straight from the camera to storage.',
    operations: uploadOperations,
  },
  { name: 'Health', description: 'For load balancers and watchdogs.', operations: healthOperations },
]

/** The API as an OpenAPI 3.1 document. */
export const describeApi = () => documentOf(tags)
