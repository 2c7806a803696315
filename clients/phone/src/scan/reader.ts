import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url'

/** The part we use of the browser's BarcodeDetector and of its ponyfill (W3C Shape Detection). */
export type Reader = { detect(image: ImageBitmapSource): Promise<{ rawValue: string }[]> }
type Native = {
  new (options: { formats: string[] }): Reader
  getSupportedFormats(): Promise<string[]>
}

const FORMATS = { formats: ['qr_code' as const] }
/** A small code in a large photo is read more reliably after scaling down. */
const WIDTHS_IN_PX = [undefined, 1200]

let opened: Promise<Reader> | undefined

/** Opens a QR code reader: the browser's own, or else a ponyfill of 475 KB, which this service serves once. */
export function openReader(): Promise<Reader> {
  opened ??= makeReader().catch((error: unknown) => {
    opened = undefined
    throw error
  })
  return opened
}

/** Returns the texts of the codes in a photo. @throws if it is not a picture, or the reader does not load */
export async function textsIn(photo: Blob): Promise<string[]> {
  const reader = await openReader()
  for (const resizeWidth of WIDTHS_IN_PX) {
    const bitmap = await createImageBitmap(photo, resizeWidth ? { resizeWidth, resizeQuality: 'high' } : {})
    const codes = await reader.detect(bitmap)
    bitmap.close()
    if (codes.length > 0) return codes.map(({ rawValue }) => rawValue)
  }
  return []
}

async function makeReader(): Promise<Reader> {
  const { BarcodeDetector: Own } = globalThis as { BarcodeDetector?: Native }
  // On some phones it exists without the service that it needs, and reads nothing.
  const formats = (await Own?.getSupportedFormats().catch(() => [])) ?? []
  if (Own && formats.includes('qr_code')) return new Own(FORMATS)
  const { BarcodeDetector, prepareZXingModule } = await import('barcode-detector/ponyfill')
  // By default the wasm would be loaded from a third-party host.
  await prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true })
  return new BarcodeDetector(FORMATS)
}
