import { createHmac, randomUUID } from 'node:crypto'

/** A request to the Worker. */
export type Call = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: object
  token?: string
}
export type World = Awaited<ReturnType<typeof makeWorld>>

export const PASSWORD = 'plain-sailing-77'
const CAMERAS = 5

/** Sends a request and returns its JSON. @throws if the status is not 2xx */
export async function send<T>(origin: string, call: Call, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(origin + call.path, toInit(call, headers))
  if (!response.ok) throw new Error(`${call.method ?? 'GET'} ${call.path}: ${response.status}`)
  return (response.status === 204 ? null : await response.json()) as T
}

/** The headers of every request that comes through the edge. */
export const headersOf = ({ token, body }: Call) => ({
  'CF-Connecting-IP': '198.51.100.7',
  ...(token && { Authorization: `Bearer ${token}` }),
  ...(body && { 'Content-Type': 'application/json' }),
})

const toInit = (call: Call, headers: Record<string, string>) => ({
  method: call.method ?? 'GET',
  headers: { ...headersOf(call), ...headers },
  ...(call.body && { body: JSON.stringify(call.body) }),
})

export const newEmail = () => `load-${randomUUID()}@example.com`

/** A person with five cameras, five rules on one of them, and their requests. */
export async function makeWorld(origin: string) {
  const email = newEmail()
  const { access: token, refresh } = await send<{ access: string; refresh: string }>(origin, {
    method: 'POST',
    path: '/v1/auth/register/',
    body: { email, password: PASSWORD },
  })
  const addCamera = (location: string) =>
    send<{ public_camera_id: string }>(origin, {
      method: 'POST',
      path: '/v1/cameras/',
      body: { location },
      token,
    })
  const { public_camera_id: camera } = await addCamera('Front Door')
  for (let count = 1; count < CAMERAS; count++) await addCamera(`Garden ${count}`)
  const body = { rule: 'Alert when a fox shows up at night', rule_nickname: 'Fox', is_enabled: true }
  const create: Call = { method: 'POST', path: `/v1/cameras/${camera}/rules/`, body, token }
  for (let count = 0; count < CAMERAS; count++) await send(origin, create)
  return {
    email,
    token,
    camera,
    healthz: { path: '/healthz' } as Call,
    presign: {
      method: 'POST',
      path: '/v1/uploads/presign',
      body: { 'content-type': 'image/jpeg' },
      token,
    } as Call,
    list: { path: '/v1/cameras/', token } as Call,
    retrieve: { path: `/v1/cameras/${camera}/`, token } as Call,
    create,
    refresh: { method: 'POST', path: '/v1/auth/token/refresh/', body: { refresh } } as Call,
    login: { method: 'POST', path: '/v1/auth/token/', body: { email, password: PASSWORD } } as Call,
  }
}

/** This many other valid tokens of the same person. */
export function tokensLike(token: string, secret: string, count: number) {
  const [header, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return Array.from({ length: count }, () => {
    const other = Buffer.from(JSON.stringify({ ...claims, jti: randomUUID().replaceAll('-', '') }))
    const signed = `${header}.${other.toString('base64url')}`
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
  })
}
