import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { wordsOf } from '../../../clients/phone/worker/show.ts'
import { ACTIONS } from '../../../src/notifications/action.ts'
import { KINDS } from '../../../src/notifications/kinds.ts'
import { files, PHONE, read, ROOT } from './project.ts'

const require = createRequire(join(PHONE, 'package.json'))
const { Language, Parser } = require('web-tree-sitter') as typeof import('web-tree-sitter')
const swift = files().filter((file) => file.endsWith('.swift'))
const button = read('App/App/Button.swift')
const quoted = (pattern: RegExp, source: string) =>
  Array.from(source.matchAll(pattern), ([, found]) => found!)

describe('what this machine can say of Swift', () => {
  let parser: InstanceType<typeof Parser>
  beforeAll(async () => {
    await Parser.init()
    const grammar = require.resolve('@repomix/tree-sitter-wasms/out/tree-sitter-swift.wasm')
    parser = new Parser().setLanguage(await Language.load(grammar))
  })
  const isSwift = (source: string) => parser.parse(source)!.rootNode.hasError === false

  it.each(swift)('%s has its grammar', (file) => {
    expect(isSwift(read(file))).toBe(true)
  })

  it('and would see what is none', () => {
    expect(isSwift(button.replace('guard let', 'guard lt'))).toBe(false)
    expect(isSwift(button.slice(0, -2))).toBe(false)
  })
})

/** The parts of Capacitor that our Swift uses: without them it would not compile, which no test here would notice. */
it.each([
  ['@capacitor/ios/Capacitor/Capacitor/CAPBridgeViewController.swift', 'open func capacitorDidLoad() {'],
  [
    '@capacitor/ios/Capacitor/Capacitor/CAPBridgeProtocol.swift',
    'var notificationRouter: NotificationRouter { get }',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/NotificationRouter.swift',
    'public weak var pushNotificationHandler: NotificationHandlerProtocol?',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/NotificationHandlerProtocol.swift',
    'func willPresent(notification: UNNotification) -> UNNotificationPresentationOptions',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/NotificationHandlerProtocol.swift',
    'func didReceive(response: UNNotificationResponse)',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/CAPNotifications.swift',
    'public static let capacitorDidRegisterForRemoteNotifications',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/CAPNotifications.swift',
    'public static let capacitorDidFailToRegisterForRemoteNotifications',
  ],
  [
    '@capacitor/ios/Capacitor/Capacitor/CAPSceneDelegateProxy.swift',
    'public func scene(_ scene: UIScene, willConnectTo session: UISceneSession, options connectionOptions: UIScene.ConnectionOptions)',
  ],
  [
    '@capacitor/push-notifications/ios/Sources/PushNotificationsPlugin/PushNotificationsPlugin.swift',
    'notificationRouter.pushNotificationHandler = self.notificationDelegateHandler',
  ],
])('%s still has %s', (file, words) => {
  expect(readFileSync(join(ROOT, 'node_modules', file), 'utf8')).toContain(words)
})

describe('what Swift and the service say to each other', () => {
  it('are the actions of buttons', () => {
    const cases = quoted(/case \w+ = "(\w+)"/g, button)
    expect(cases).toEqual(['snooze_1h', 'not_this'])
    expect(ACTIONS).toEqual(expect.arrayContaining(cases))
  })

  it('are the kinds of notifications, as categories: "Not this" of what matched, a snooze of what is of a camera', () => {
    const categories = Array.from(button.matchAll(/of\("(\w+)", \[([\w, ]+)\]\)/g), ([, kind, buttons]) => [
      kind,
      buttons,
    ])
    // A limit may belong to the account, which has no camera.
    const kinds = KINDS.filter((kind) => kind !== 'limited')
    expect(categories).toEqual(kinds.map((kind) => [kind, kind === 'match' ? 'snooze, notThis' : 'snooze']))
  })

  it('are the keys of a push', () => {
    const keys = swift.flatMap((file) => quoted(/\["([a-z-]+)"\] as\?/g, read(file)))
    expect(keys.sort()).toEqual(['action-token', 'app-url', 'detection-image-url', 'notification-id'])
    const sent = readFileSync(join(ROOT, 'src/push/apns.ts'), 'utf8')
    const example = Object.keys(JSON.parse(read('push.apns'))).filter((key) => key !== 'aps')
    for (const key of [...keys, ...example]) expect(sent).toContain(`'${key}':`)
  })

  it('are words that a browser would show, too', () => {
    const said = quoted(/"(Not done: [^"]+)"/g, button)
    const ofWorker = [0, 401, 404, 500].map(
      (status) => wordsOf('snooze_1h', { status, snoozedUntil: null }).body,
    )
    const notTheirs = wordsOf('snooze_1h', { status: 200, snoozedUntil: null }).body
    expect(said.sort()).toEqual([...ofWorker, notTheirs].sort())
  })
})
