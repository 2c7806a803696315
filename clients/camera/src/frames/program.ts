import { outputOf, ProgramFailed } from '../programs/output.ts'
import { jpegsIn } from './jpegs.ts'
import type { Source } from './source.ts'

export type Picturing = { fps: number; width: number; height: number }

/** The longest time between two pictures of a working camera. */
const SILENCE_IN_MS = 10_000
/** ffmpeg's JPEG quality, from 2 (best) to 31 (worst). */
const QUALITY = '3'
const QUIET = ['ffmpeg', '-hide_banner', '-loglevel', 'error', '-nostdin']

/** A network camera: `rtsp://user:password@192.168.1.20:554/stream1`. Over TCP, since UDP loses parts of pictures. */
export const rtsp = (address: string, { fps }: Picturing) =>
  live([...QUIET, '-rtsp_transport', 'tcp', '-i', address, ...encoded(fps)], FFMPEG)

/** A USB camera, `/dev/video0`, that outputs JPEGs. */
export const usb = (device: string, { fps, width, height }: Picturing) =>
  live(
    [
      ...QUIET,
      '-f',
      'v4l2',
      '-input_format',
      'mjpeg',
      '-framerate',
      String(fps),
      '-video_size',
      `${width}x${height}`,
    ].concat(['-i', device, '-c', 'copy', '-f', 'mjpeg', '-']),
    FFMPEG,
  )

/** The camera of a Raspberry Pi. */
export const rpicam = ({ fps, width, height }: Picturing) =>
  live(
    [
      'rpicam-vid',
      '--codec',
      'mjpeg',
      '-t',
      '0',
      '-n',
      '--width',
      String(width),
      '--height',
      String(height),
    ].concat(['--framerate', String(fps), '-o', '-']),
    'sudo apt-get install rpicam-apps',
  )

/** A film file, read as fast as possible, with the film's own time counted from `start`. */
export const file = (path: string, { fps }: Picturing, start = Date.now()): Source =>
  async function* (stop) {
    let number = 0
    for await (const jpeg of pictures([...QUIET, '-i', path, ...encoded(fps)], FFMPEG, stop))
      yield { at: start + (number++ * 1000) / fps, jpeg }
  }

const FFMPEG = 'sudo apt-get install ffmpeg'

const encoded = (fps: number) => ['-an', '-vf', `fps=${fps}`, '-q:v', QUALITY, '-f', 'mjpeg', '-']

const live = (command: string[], installing: string): Source =>
  async function* (stop) {
    for await (const jpeg of pictures(command, installing, stop)) yield { at: Date.now(), jpeg }
  }

/** The pictures that a program writes. If it is not installed, the error says how to install it. */
async function* pictures(command: string[], installing: string, stop: AbortSignal) {
  try {
    yield* jpegsIn(outputOf(command, SILENCE_IN_MS, stop))
  } catch (error) {
    if (!(error instanceof ProgramFailed) || !error.isMissing) throw error
    throw new ProgramFailed(`${error.message} Install it: ${installing}`, true)
  }
}
