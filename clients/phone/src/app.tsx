import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Banner } from './kit/banner.tsx'
import { lazy } from './kit/lazy.tsx'
import { type Tab, Tabs } from './kit/tabs.tsx'
import { Toasts } from './kit/toast.tsx'
import { countUnseen } from './data/marks.ts'
import { unseen } from './data/notifications.ts'
import { isSignedIn } from './data/session.ts'
import { useSeen } from './data/use.ts'
import { match } from './match.ts'
import { address, to } from './router.ts'
import { applyUpdate, update } from './shell/worker.ts'
import { CameraScreen } from './screens/camera.tsx'
import { Home } from './screens/home.tsx'
import { Missing } from './screens/missing.tsx'
import { SignIn } from './screens/sign-in.tsx'

const SignUp = lazy(async () => (await import('./screens/sign-up.tsx')).SignUp)
const TimelineScreen = lazy(async () => (await import('./screens/timeline.tsx')).TimelineScreen)
const EventScreen = lazy(async () => (await import('./screens/event.tsx')).EventScreen)
const NotificationScreen = lazy(async () => (await import('./screens/notification.tsx')).NotificationScreen)
const AddCamera = lazy(async () => (await import('./screens/pairing/add.tsx')).AddCamera)
const CameraSettings = lazy(async () => (await import('./screens/camera-settings.tsx')).CameraSettings)
const NewRule = lazy(async () => (await import('./screens/rule.tsx')).NewRule)
const RuleScreen = lazy(async () => (await import('./screens/rule.tsx')).RuleScreen)
const Settings = lazy(async () => (await import('./screens/settings/settings.tsx')).Settings)
const Channels = lazy(async () => (await import('./screens/settings/channels.tsx')).Channels)
const Devices = lazy(async () => (await import('./screens/settings/devices.tsx')).Devices)
const Account = lazy(async () => (await import('./screens/settings/account.tsx')).Account)
const ExportData = lazy(async () => (await import('./screens/settings/export.tsx')).ExportData)
const DeleteAccount = lazy(async () => (await import('./screens/settings/delete.tsx')).DeleteAccount)
const About = lazy(async () => (await import('./screens/settings/about.tsx')).About)
const Forgot = lazy(async () => (await import('./screens/forgot.tsx')).Forgot)
const Reset = lazy(async () => (await import('./screens/reset.tsx')).Reset)

/** The screens for signed-in users by address, the most specific first. */
const SCREENS: Place[] = [
  place('/', () => <Home />),
  place('/cameras/add', () => <AddCamera />),
  place('/cameras/:id', ({ id }) => <CameraScreen id={id} />),
  place('/cameras/:id/settings', ({ id }) => <CameraSettings id={id} />),
  place('/cameras/:id/rules/new', ({ id }) => <NewRule camera={id} />),
  place('/cameras/:id/rules/:rule', ({ id, rule }) => <RuleScreen camera={id} rule={rule} />),
  place('/timeline', () => <TimelineScreen />),
  place('/events/:id', ({ id }) => <EventScreen id={id} />),
  place('/notifications/:id', ({ id }) => <NotificationScreen id={id} />),
  place('/settings', () => <Settings />),
  place('/settings/channels', () => <Channels />),
  place('/settings/devices', () => <Devices />),
  place('/settings/account', () => <Account />),
  place('/settings/export', () => <ExportData />),
  place('/settings/delete', () => <DeleteAccount />),
  place('/settings/about', () => <About />),
  place('/forgot', () => <Forgot />),
  place('/reset', () => <Reset />),
]

/** The screens for signed-out visitors; any other address shows the first. */
const DOORS: Place[] = [
  place('/sign-in', () => <SignIn />),
  place('/sign-up', () => <SignUp />),
  place('/forgot', () => <Forgot />),
  place('/reset', () => <Reset />),
]

export function App() {
  const { path } = address.value
  const screen = isSignedIn.value ? (shown(SCREENS, path) ?? <Missing />) : (shown(DOORS, path) ?? <SignIn />)
  return (
    <>
      <Toasts />
      {screen}
      {isSignedIn.value && <Places path={path} />}
      {update.value === 'waiting' && (
        <Banner words="A new version is ready." action="Reload" onPress={applyUpdate} />
      )}
    </>
  )
}

/** The tab bar. The app icon's badge shows the same count as the Timeline tab. */
function Places({ path }: { path: string }) {
  const news = useSeen(unseen())
  const count = 'value' in news ? countUnseen(news.value.told) : 0
  // Some browsers support badges only for installed apps.
  useEffect(() => void navigator.setAppBadge?.(count).catch(() => {}), [count])
  useEffect(() => () => void navigator.clearAppBadge?.().catch(() => {}), [])
  return <Tabs tabs={tabsAt(path, count)} />
}

function tabsAt(path: string, news: number): Tab[] {
  const isIn = (...places: string[]) => places.some((place) => path.startsWith(place))
  return [
    { href: to('/'), label: 'Cameras', icon: 'camera', isHere: path === '/' || isIn('/cameras') },
    {
      href: to('/timeline'),
      label: 'Timeline',
      icon: 'timeline',
      isHere: isIn('/timeline', '/events', '/notifications'),
      badge: news,
    },
    { href: to('/settings'), label: 'Settings', icon: 'settings', isHere: isIn('/settings') },
  ]
}

type Place = (path: string) => ComponentChildren | undefined

/** Matches an address to a screen. The key remounts the screen when its parameters change. */
function place<Pattern extends string>(
  pattern: Pattern,
  draw: (params: NonNullable<ReturnType<typeof match<Pattern>>>) => ComponentChildren,
): Place {
  return (path) => {
    const params = match(pattern, path)
    return params ? <div key={path}>{draw(params)}</div> : undefined
  }
}

function shown(places: Place[], path: string) {
  for (const draw of places) {
    const screen = draw(path)
    if (screen) return screen
  }
  return undefined
}
