import { demo } from './demo.ts'
import { mjpeg } from './mjpeg.ts'
import { atMost } from './pace.ts'
import { file, type Picturing, rpicam, rtsp, usb } from './program.ts'
import type { Source } from './source.ts'

/** The source for an address. `ends` is true only for a film file. Throws if the address is not supported. */
export function sourceOf(
  address: string,
  picturing: Picturing & { seed: number },
): { source: Source; ends: boolean } {
  if (address === 'demo') return { source: demo({ ...picturing, isRealTime: true }), ends: false }
  if (address === 'rpicam') return { source: rpicam(picturing), ends: false }
  if (/^rtsps?:\/\//.test(address)) return { source: rtsp(address, picturing), ends: false }
  if (/^https?:\/\//.test(address)) return { source: atMost(picturing.fps, mjpeg(address)), ends: false }
  if (/^\/dev\/video\d+$/.test(address))
    return { source: atMost(picturing.fps, usb(address, picturing)), ends: false }
  if (/^(file:|[./])/.test(address))
    return { source: file(address.replace(/^file:(\/\/)?/, ''), picturing), ends: true }
  throw new Error(
    `Unknown source «${address}». Use rtsp://…, http://…, /dev/video0, rpicam, demo, or ./film.mp4`,
  )
}
