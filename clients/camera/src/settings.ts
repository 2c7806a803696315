import { homedir } from 'node:os'
import { join } from 'node:path'

type Polygons = [number, number][][]
type Labels = Record<string, { best: number; median: number }>
/** A setting: what stands where nobody set it, in which unit, and what it is, in a sentence. */
export type Setting<T> = { default: T; unit?: string; least?: number; most?: number; is: string }

const setting = <T>(is: string, value: T, more: Omit<Setting<T>, 'is' | 'default'> = {}): Setting<T> => ({
  is,
  default: value,
  ...more,
})
/** How certain the network must be. */
export const SURELY = { best: 0.6, median: 0.5 }
const NAMES = ['person', 'cat', 'dog', 'bird', 'bear', 'car', 'bicycle', 'motorcycle', 'bus', 'truck']

/** Every setting. Flags, variables, the file, the schema for editors and `--help` are read off it. */
export const SETTINGS = {
  service: setting('The address of the Scout service.', 'http://localhost:8787'),
  source: setting(
    'Where pictures come from: rtsp://…, http://…, /dev/video0, rpicam, demo, or ./film.mp4.',
    'demo',
  ),
  folder: setting('Where the token and what is not sent yet are kept.', join(homedir(), '.scout-camera')),
  fps: setting('How many pictures are looked at.', 5, { unit: 'a second', least: 1, most: 30 }),
  width: setting('How wide they are, where the source can be asked.', 1280, {
    unit: 'pixels',
    least: 160,
    most: 4096,
  }),
  height: setting('How high they are, where the source can be asked.', 720, {
    unit: 'pixels',
    least: 90,
    most: 4096,
  }),
  labels: setting<Labels>(
    'What is told: its name, and how certain it must be at best and half of the time.',
    Object.fromEntries(NAMES.map((name) => [name, SURELY])),
  ),
  least: setting('The smallest thing that is told.', 0.002, { unit: 'of the picture', least: 0, most: 1 }),
  largest: setting('The largest thing that is told.', 1, { unit: 'of the picture', least: 0, most: 1 }),
  settle: setting('How long the best picture is waited for.', 2, { unit: 'seconds', least: 0, most: 60 }),
  quiet: setting('How long nothing of a kind is seen until the next is told.', 10, {
    unit: 'seconds',
    least: 0,
    most: 3600,
  }),
  again: setting('How long others of a kind are not told while it goes on.', 60, {
    unit: 'seconds',
    least: 0,
    most: 86_400,
  }),
  masks: setting<Polygons>('Where motion is none: polygons of [x, y] in shares of the picture.', []),
  zones: setting<Polygons>(
    'Where things are told, by the middle of their feet; everywhere where there are none.',
    [],
  ),
  privacy: setting<Polygons>('What is black in every picture that leaves this machine.', []),
  spool: setting('How much is kept that could not be sent.', 200, { unit: 'MB', least: 1, most: 100_000 }),
  seed: setting('Which scene the source `demo` draws.', 1, { least: 0, most: 2 ** 31 }),
}
export type Config = { [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K]['default'] }
