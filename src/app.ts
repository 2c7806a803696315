import { methodNotAllowed } from 'hono/method-not-allowed'
import { adminRoutes } from './admin/routes.tsx'
import { authRoutes } from './auth/routes.ts'
import { cameraAdmin } from './cameras/admin.tsx'
import { cameraRoutes } from './cameras/routes.ts'
import { docsRoutes } from './docs/routes.ts'
import { answerProblem, problems } from './errors.ts'
import { groupAdmin } from './groups/admin.tsx'
import { healthRoutes } from './health/routes.ts'
import { router } from './http.ts'
import { answerMethods, perRequest } from './request.ts'
import { ruleAdmin } from './rules/admin.tsx'
import { ruleRoutes } from './rules/routes.ts'
import { uploadRoutes } from './uploads/routes.ts'
import { userAdmin } from './users/admin.tsx'
import { userListRoutes, userRoutes } from './users/routes.ts'

export const app = router()

app
  .use(perRequest, methodNotAllowed({ app, onMethodNotAllowed: answerMethods }))
  .route('/v1/auth', authRoutes)
  .route('/v1/users', userListRoutes)
  .route('/v1/user', userRoutes)
  .route('/v1/cameras/:cameraId/rules', ruleRoutes)
  .route('/v1/cameras', cameraRoutes)
  .route('/v1/uploads', uploadRoutes)
  .route('/admin', adminRoutes([groupAdmin, cameraAdmin, ruleAdmin, userAdmin]))
  .route('/', docsRoutes)
  .route('/', healthRoutes)

app.notFound((c) => answerProblem(problems.notFound(), c))
app.onError(answerProblem)
