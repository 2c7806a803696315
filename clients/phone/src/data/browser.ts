/** A name by which the user recognises this browser: "Chrome on Android"; the iPhone app is "Scout on iPhone". */
export function nameOfThis(agent = navigator.userAgent) {
  const [, browser = 'Browser'] = BROWSERS.find(([pattern]) => pattern.test(agent)) ?? []
  const [, system] = SYSTEMS.find(([pattern]) => pattern.test(agent)) ?? []
  return system ? `${browser} on ${system}` : browser
}

// Chrome also claims to be Safari, and Edge claims to be both.
const BROWSERS: [RegExp, string][] = [
  [/ Scout$/, 'Scout'],
  [/Edg/, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/SamsungBrowser/, 'Samsung Internet'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
]
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Mac OS X/, 'Mac'],
  [/Windows/, 'Windows'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]
