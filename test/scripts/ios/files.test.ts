import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { files, IOS, PHONE, plist, read, ROOT } from './project.ts'

const info = plist('App/App/Info.plist')
const ASSETS = 'App/App/Assets.xcassets'

it.each(files().filter((file) => /\.(plist|entitlements|xcprivacy)$/.test(file)))(
  '%s is a property list',
  (file) => {
    expect(Object.keys(plist(file)).length).toBeGreaterThan(0)
  },
)

it.each(files().filter((file) => /\.(storyboard|xcscheme)$/.test(file)))(
  '%s closes what it opens',
  (file) => {
    const open: string[] = []
    for (const [, isEnd, name, , isEmpty] of read(file)
      .replaceAll(/<!--.*?-->|<\?.*?\?>/gs, '')
      .matchAll(/<(\/?)([\w.-]+)((?:\s+[\w.:-]+\s*=\s*"[^"<]*")*)\s*(\/?)>|</g)) {
      if (name === undefined) throw new Error(`${file} has a tag that is none`)
      if (isEnd) expect(open.pop()).toBe(name)
      else if (!isEmpty) open.push(name)
    }
    expect(open).toEqual([])
  },
)

describe('Info.plist', () => {
  /** iOS terminates an app that uses one of these without its usage description: the pattern of the use, and the key. */
  const PURPOSES: [asks: RegExp, key: string][] = [
    [/getUserMedia|AVCaptureDevice|capture="/, 'NSCameraUsageDescription'],
    // The share sheet has "Save Image".
    [/navigator\.share|UIImageWriteToSavedPhotosAlbum/, 'NSPhotoLibraryAddUsageDescription'],
    [/PHPhotoLibrary|PHPickerViewController/, 'NSPhotoLibraryUsageDescription'],
    [/audio: (true|\{)|AVAudioSession|AVAudioRecorder/, 'NSMicrophoneUsageDescription'],
    [/LAContext/, 'NSFaceIDUsageDescription'],
    [/CLLocationManager|navigator\.geolocation/, 'NSLocationWhenInUseUsageDescription'],
    [/CNContactStore/, 'NSContactsUsageDescription'],
    [/CMMotion|DeviceMotionEvent/, 'NSMotionUsageDescription'],
    [/CBCentralManager|navigator\.bluetooth/, 'NSBluetoothAlwaysUsageDescription'],
    [/ATTrackingManager/, 'NSUserTrackingUsageDescription'],
  ]
  const { dependencies } = JSON.parse(readFileSync(join(PHONE, 'package.json'), 'utf8'))
  const sources = [
    'clients/phone/src',
    ...Object.keys(dependencies).map((name) => `node_modules/${name}/ios`),
  ]
    .flatMap((folder) => textsIn(join(ROOT, folder)))
    .join('\n')

  it('says why of all that the app and its plugins ask for', () => {
    const missing = PURPOSES.filter(([asks, key]) => asks.test(sources) && !(key in info)).map(
      ([, key]) => key,
    )
    expect(missing).toEqual([])
    const purposes = Object.entries(info).filter(([key]) => key.endsWith('UsageDescription'))
    expect(purposes.map(([key]) => key)).toEqual([
      'NSCameraUsageDescription',
      'NSPhotoLibraryAddUsageDescription',
    ])
    // Apple rejects an entry without a reason.
    for (const [, words] of purposes) expect(words).toMatch(/^Scout .{20,}\.$/)
  })

  it('has versions and ids from the settings', () => {
    for (const file of ['App/App/Info.plist', 'App/NotificationService/Info.plist'])
      expect(plist(file)).toMatchObject({
        CFBundleIdentifier: '$(PRODUCT_BUNDLE_IDENTIFIER)',
        CFBundleShortVersionString: '$(MARKETING_VERSION)',
        CFBundleVersion: '$(CURRENT_PROJECT_VERSION)',
      })
    expect(info.ScoutApnsEnvironment).toBe('$(APNS_ENVIRONMENT)')
  })

  it('names classes and a storyboard that are there', () => {
    const scene = JSON.stringify(info.UIApplicationSceneManifest).match(
      /\$\(PRODUCT_MODULE_NAME\)\.(\w+)/,
    )![1]
    expect(read(`App/App/${scene}.swift`)).toContain(`class ${scene}: UIResponder, UIWindowSceneDelegate`)
    expect(files()).toContain(`App/App/Base.lproj/${info.UILaunchStoryboardName}.storyboard`)
    const { NSExtension } = plist('App/NotificationService/Info.plist')
    expect(NSExtension).toEqual({
      NSExtensionPointIdentifier: 'com.apple.usernotifications.service',
      NSExtensionPrincipalClass: '$(PRODUCT_MODULE_NAME).NotificationService',
    })
  })
})

it('may be pushed to, also urgently', () => {
  expect(plist('App/App/App.entitlements')).toEqual({
    'aps-environment': 'development',
    'com.apple.developer.usernotifications.time-sensitive': true,
  })
})

it('says which system functions it uses that Apple wants a reason for', () => {
  const swift = files()
    .filter((file) => file.endsWith('.swift'))
    .map(read)
    .join('\n')
  const uses = [
    [/UserDefaults/, 'NSPrivacyAccessedAPICategoryUserDefaults'],
    [/creationDate|modificationDate|contentModificationDateKey/, 'NSPrivacyAccessedAPICategoryFileTimestamp'],
    [/systemUptime|mach_absolute_time/, 'NSPrivacyAccessedAPICategorySystemBootTime'],
    [/volumeAvailableCapacity/, 'NSPrivacyAccessedAPICategoryDiskSpace'],
    [/activeInputModes/, 'NSPrivacyAccessedAPICategoryActiveKeyboards'],
  ] as const
  const { NSPrivacyAccessedAPITypes: said, NSPrivacyTracking: tracks } = plist(
    'App/App/PrivacyInfo.xcprivacy',
  )
  const types = (said as { NSPrivacyAccessedAPIType: string }[]).map((one) => one.NSPrivacyAccessedAPIType)
  expect(types).toEqual(uses.filter(([use]) => use.test(swift)).map(([, type]) => type))
  expect(tracks).toBe(false)
})

describe('pictures', () => {
  it('are all there that catalogues name, and no other', () => {
    for (const set of ['AppIcon.appiconset', 'Splash.imageset']) {
      const { images } = JSON.parse(read(`${ASSETS}/${set}/Contents.json`))
      const named = (images as { filename: string }[]).map(({ filename }) => filename)
      expect(readdirSync(join(IOS, ASSETS, set)).sort()).toEqual(['Contents.json', ...named].sort())
    }
    const launch = read('App/App/Base.lproj/LaunchScreen.storyboard')
    expect(new Set(Array.from(launch.matchAll(/image(?:="| name=")(\w+)"/g), ([, name]) => name))).toEqual(
      new Set(['Splash']),
    )
  })

  it('have an icon as the App Store takes it', () => {
    const png = readFileSync(join(IOS, ASSETS, 'AppIcon.appiconset/AppIcon-512@2x.png'))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024])
    // No transparency (PNG, 11.2.2): no alpha channel and no transparent colour.
    expect(png[25]).toBe(2)
    expect(png.includes('tRNS')).toBe(false)
  })
})

function textsIn(folder: string): string[] {
  // Some packages are not plugins.
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|swift|m)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
}
