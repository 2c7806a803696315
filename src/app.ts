import { methodNotAllowed } from 'hono/method-not-allowed'
import { mount } from 'hono/mount'
import { adminApp } from './admin/routes.tsx'
import { authRoutes } from './auth/routes.ts'
import { cameraAdmin } from './cameras/admin.tsx'
import { cameraRoutes } from './cameras/routes.ts'
import { deviceAdmin } from './devices/admin.tsx'
import { cameraDeviceRoutes, deviceRoutes } from './devices/routes.ts'
import { docsRoutes } from './docs/routes.ts'
import { eventAdmin } from './events/admin.tsx'
import { eventRoutes, storageRoutes } from './events/routes.ts'
import { answerProblem } from './errors.ts'
import { problems } from './problems.ts'
import { groupAdmin } from './groups/admin.tsx'
import { healthRoutes } from './health/routes.ts'
import { router } from './http/router.ts'
import { crossOrigin } from './http/cors.ts'
import { answerMethods, perRequest } from './http/request.ts'
import { notificationAdmin } from './notifications/admin.tsx'
import { cameraNotificationRoutes, notificationRoutes, settingsRoutes } from './notifications/routes.ts'
import { deliveryAdmin } from './push/admin.tsx'
import { phoneRoutes } from './phone/routes.ts'
import { apnsRoutes, pushRoutes } from './push/routes.ts'
import { resetRoutes } from './resets/routes.ts'
import { ruleAdmin } from './rules/admin.tsx'
import { ruleRoutes } from './rules/routes.ts'
import { sessionAdmin } from './sessions/admin.tsx'
import { pageSessionRoutes, sessionRoutes } from './sessions/routes.ts'
import { trialRoutes } from './trials/routes.ts'
import { deviceUploadRoutes, uploadRoutes } from './uploads/routes.ts'
import { userAdmin } from './users/admin.tsx'
import { registrationRoutes, userListRoutes, userRoutes } from './users/routes.ts'

/** A separate app, which answers errors with pages. */
export const admin = adminApp([
  groupAdmin,
  cameraAdmin,
  deviceAdmin,
  deliveryAdmin,
  eventAdmin,
  notificationAdmin,
  ruleAdmin,
  sessionAdmin,
  userAdmin,
])

export const app = router()
app
  .all('/admin/*', mount(admin.fetch, { replaceRequest: false }))
  .use(perRequest)
  .route('/', healthRoutes)
  .use(crossOrigin)
  .route('/v1/auth/sessions', sessionRoutes)
  .route('/v1/auth/password_reset', resetRoutes)
  .route('/v1/auth', registrationRoutes)
  .route('/v1/auth', authRoutes)
  .route('/v1/users/apns_token', apnsRoutes)
  .route('/v1/users', userListRoutes)
  .route('/v1/user', userRoutes)
  .route('/v1/cameras/:cameraId/rules/try', trialRoutes)
  .route('/v1/cameras/:cameraId/rules', ruleRoutes)
  .route('/v1/cameras/:cameraId/device', cameraDeviceRoutes)
  .route('/v1/cameras', deviceRoutes)
  .route('/v1/cameras', deviceUploadRoutes)
  .route('/v1/cameras/:cameraId/notifications', cameraNotificationRoutes)
  .route('/v1/cameras', cameraRoutes)
  .route('/v1/uploads', uploadRoutes)
  .route('/v1/events', eventRoutes)
  .route('/v1/storage_events', storageRoutes)
  .route('/v1/notifications', notificationRoutes)
  .route('/v1/notification_settings', settingsRoutes)
  .route('/v1/push', pushRoutes)
  .route('/app/session', pageSessionRoutes)
  .route('/app', phoneRoutes)
  .route('/', docsRoutes)

app.onError(answerProblem)
const otherMethods = methodNotAllowed({ app, onMethodNotAllowed: answerMethods })
app.notFound(async (c) => {
  c.res = answerProblem(problems.notFound(), c)
  // Here, not before every route, to save CPU.
  await otherMethods(c, async () => {}).catch((refusal) => (c.res = answerProblem(refusal, c)))
  return c.res
})
