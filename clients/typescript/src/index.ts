/**
 * A client of the Scout API for cameras, pages and phones. Its methods have the names of the operations in /openapi.json, and its types
 * are generated from it. It needs only `fetch`, AbortController and timers, since React Native has little else.
 */
export { createDevice, type DeviceClient, type DeviceOptions, type Media } from './device.ts'
export type { CameraListOptions, EventListOptions, NotificationListOptions, ListOptions } from './lists.ts'
export {
  type Client,
  type ClientOptions,
  createClient,
  type ImageType,
  type NotificationOptions,
} from './operations.ts'
export { ScoutError, UnreachableError } from './problems.ts'
export type { Tokens } from './session.ts'
export type * from './types.ts'
