/** The third-party code in the app, its licences and holders. test/phone/page/licences.test.ts checks that it is complete. */
export const LICENCES = [
  // In the iPhone app.
  {
    name: '@aparajita/capacitor-secure-storage',
    licence: 'MIT',
    holder: 'Copyright 2020-present Aparajita Fishman',
  },
  { name: '@capacitor/app', licence: 'MIT', holder: 'Copyright 2020-present Ionic' },
  { name: '@capacitor/core', licence: 'MIT', holder: 'Copyright (c) 2017-present Drifty Co.' },
  { name: '@capacitor/ios', licence: 'MIT', holder: 'Copyright (c) 2017-present Drifty Co.' },
  { name: '@capacitor/push-notifications', licence: 'MIT', holder: 'Copyright 2020-present Ionic' },
  { name: '@preact/signals', licence: 'MIT', holder: 'Copyright (c) 2022-present Preact Team' },
  { name: '@preact/signals-core', licence: 'MIT', holder: 'Copyright (c) 2022-present Preact Team' },
  { name: 'barcode-detector', licence: 'MIT', holder: 'Copyright (c) 2023 Ze-Zheng Wu' },
  { name: 'preact', licence: 'MIT', holder: 'Copyright (c) 2015-present Jason Miller' },
  { name: 'zxing-wasm', licence: 'MIT', holder: 'Copyright (c) 2023 Ze-Zheng Wu' },
  // Within zxing-wasm.
  { name: 'zxing-cpp', licence: 'Apache 2.0', holder: 'Copyright (c) the ZXing authors' },
] as const
export type Licence = (typeof LICENCES)[number]['licence']

/** The licence texts, loaded on demand. */
export const TEXTS: Record<Licence, () => Promise<{ default: string }>> = {
  MIT: () => import('./mit.txt?raw'),
  'Apache 2.0': () => import('./apache-2.0.txt?raw'),
}
