import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { files, IOS, PHONE, plist, read, readProject, ROOT, settingsIn, text } from './project.ts'

/** The configuration for `cap`, which cannot read TypeScript. */
const capacitor: { appId: string; appName: string; ios: { handleApplicationNotifications: boolean } } =
  await import(join(PHONE, 'capacitor.config.js'))
const project = readProject()
const [xcodeProject] = project.of('PBXProject')
const targets = project.of('PBXNativeTarget')
const [app, extension] = targets
const own = settingsIn('scout.xcconfig')
const { version, dependencies } = JSON.parse(readFileSync(join(PHONE, 'package.json'), 'utf8'))

/** Files that `cap sync` generates, which are not committed. */
const GENERATED = ['App/App/capacitor.config.json', 'App/App/config.xml', 'App/App/public']

it('has an app, and the extension that it embeds', () => {
  expect(targets.map(({ name, productType }) => [text(name), text(productType)])).toEqual([
    ['App', 'com.apple.product-type.application'],
    ['NotificationService', 'com.apple.product-type.app-extension'],
  ])
  expect(project.each(app!.dependencies).map(({ target }) => project.at(target))).toEqual([extension])
  const embeds = project.each(app!.buildPhases).filter(({ isa }) => isa === 'PBXCopyFilesBuildPhase')
  // 13 is the PlugIns folder.
  expect(embeds.map(({ dstSubfolderSpec }) => dstSubfolderSpec)).toEqual([13])
  expect(project.filesOf(app!, 'PBXCopyFilesBuildPhase')).toEqual(['NotificationService.appex'])
})

it('names files that are there, and builds each Swift file once', () => {
  const referred = [...project.all].filter(
    ([, { isa, sourceTree }]) => isa === 'PBXFileReference' && sourceTree !== 'BUILT_PRODUCTS_DIR',
  )
  const paths = referred.map(([id]) => join('App', project.pathOf(id)))
  expect(paths.filter((path) => !existsSync(join(IOS, path)) && !GENERATED.includes(path))).toEqual([])
  const committed = files()
  expect(GENERATED.filter((path) => committed.some((file) => file.startsWith(path)))).toEqual([])

  const built = targets.flatMap((target) => project.filesOf(target, 'PBXSourcesBuildPhase')).sort()
  const swift = committed.filter((file) => /^App\/(App|NotificationService)\/.*\.swift$/.test(file))
  expect(built).toEqual(swift.map((file) => file.split('/').at(-1)).sort())
})

it('puts into the app what it needs besides', () => {
  expect(project.filesOf(app!, 'PBXResourcesBuildPhase').sort()).toEqual(
    [
      'Assets.xcassets',
      'LaunchScreen.storyboard',
      'PrivacyInfo.xcprivacy',
      'capacitor.config.json',
      'config.xml',
      'public',
    ].sort(),
  )
  expect(project.filesOf(app!, 'PBXFrameworksBuildPhase')).toEqual(['undefined'])
})

describe('settings', () => {
  it('are the same for Debug and Release, but where they must differ', () => {
    for (const target of targets) {
      const { Debug, Release, ...others } = project.configurations(target)
      expect(others).toEqual({})
      const { SWIFT_ACTIVE_COMPILATION_CONDITIONS: _debug, ...debug } = Debug!.settings
      const { SWIFT_ACTIVE_COMPILATION_CONDITIONS: _release, ...release } = Release!.settings
      expect(debug).toEqual(release)
    }
  })

  it('have the id, the team and the versions from scout.xcconfig alone', () => {
    expect(own.APP_ID).toMatch(/^[\w-]+(\.[\w-]+)+$/)
    expect(own.MARKETING_VERSION).toBe(version)
    expect(capacitor.appId).toBe(own.APP_ID)
    const ids = targets.map((target) =>
      text(project.configurations(target).Release!.settings.PRODUCT_BUNDLE_IDENTIFIER),
    )
    expect(ids).toEqual(['$(APP_ID)', '$(APP_ID).NotificationService'])
    for (const owner of [xcodeProject!, ...targets])
      for (const { settings } of Object.values(project.configurations(owner)))
        expect(Object.keys(settings).filter((name) => name in own)).toEqual([])
    const naming = files().filter((file) => !file.endsWith('.png') && read(file).includes(own.APP_ID!))
    expect(naming).toEqual(['scout.xcconfig'])
  })

  it('begin with them in each configuration', () => {
    const bases = Object.entries(project.configurations(xcodeProject!)).map(([name, { base }]) => [
      name,
      text(project.at(base).path),
    ])
    expect(bases).toEqual([
      ['Debug', '../debug.xcconfig'],
      ['Release', '../scout.xcconfig'],
    ])
    expect(read('debug.xcconfig')).toMatch(/^#include "scout.xcconfig"$/m)
    expect([own.APNS_ENVIRONMENT, settingsIn('debug.xcconfig').APNS_ENVIRONMENT]).toEqual([
      'production',
      'sandbox',
    ])
  })

  it('want one iOS of both targets, and of Package.swift', () => {
    const wanted = [xcodeProject!, ...targets].map((owner) =>
      Object.values(project.configurations(owner)).map(({ settings }) => settings.IPHONEOS_DEPLOYMENT_TARGET),
    )
    const none = [undefined, undefined]
    // The first version with `light-dark()`, which the colours use.
    expect(wanted.map((pair) => pair.map((one) => one && String(one)))).toEqual([
      ['17.5', '17.5'],
      none,
      none,
    ])
    expect(read('App/CapApp-SPM/Package.swift')).toContain('platforms: [.iOS(.v17)]')
  })

  it('name files that are there', () => {
    for (const target of targets) {
      const { INFOPLIST_FILE, CODE_SIGN_ENTITLEMENTS } = project.configurations(target).Release!.settings
      expect(existsSync(join(IOS, 'App', text(INFOPLIST_FILE)))).toBe(true)
      if (target === app) expect(existsSync(join(IOS, 'App', text(CODE_SIGN_ENTITLEMENTS)))).toBe(true)
    }
  })
})

it('shares a scheme that builds the app', () => {
  const scheme = read('App/App.xcodeproj/xcshareddata/xcschemes/App.xcscheme')
  const [id] = [...project.all].find(([, entry]) => entry === app)!
  const named = Array.from(scheme.matchAll(/BlueprintIdentifier = "(\w+)"/g), ([, one]) => one)
  expect(new Set(named)).toEqual(new Set([id]))
})

it('is what the workflow builds, and the scheme by which', () => {
  const workflow = readFileSync(join(ROOT, '.github/workflows/ios.yml'), 'utf8')
  const [, path = ''] = /^  PROJECT: (\S+)$/m.exec(workflow)!
  expect(existsSync(join(ROOT, path, 'project.pbxproj'))).toBe(true)
  const schemes = Array.from(workflow.matchAll(/-scheme (\w+)/g), ([, scheme]) => scheme)
  expect(new Set(schemes)).toEqual(new Set(['App']))
  expect(workflow).toContain('-exportOptionsPlist clients/phone/ios/ExportOptions.plist')
})

it('takes exactly the plugins of package.json from Swift Package Manager', () => {
  const plugins = Object.keys(dependencies).filter((name) => {
    const { capacitor } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'))
    return capacitor?.ios
  })
  const taken = Array.from(
    read('App/CapApp-SPM/Package.swift').matchAll(
      /path: "\.\.\/\.\.\/\.\.\/\.\.\/\.\.\/node_modules\/([^"]+)"/g,
    ),
    ([, name]) => name,
  )
  expect(taken.length).toBeGreaterThan(0)
  expect(taken).toEqual(plugins)
})

it('has no page from elsewhere, and hears of notifications by itself', () => {
  expect(Object.keys(capacitor).sort()).toEqual(['appId', 'appName', 'ios', 'plugins', 'webDir'])
  expect(capacitor.ios.handleApplicationNotifications).toBe(false)
  expect(plist('App/App/Info.plist').CFBundleDisplayName).toBe(capacitor.appName)
})
