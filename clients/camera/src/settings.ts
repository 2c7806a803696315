import { homedir } from 'node:os'
import { join } from 'node:path'

type Polygons = [number, number][][]
type Labels = Record<string, { best: number; median: number }>
/** A setting: its default, unit and range, and a sentence that describes it. */
export type Setting<T> = {
  default: T
  unit?: string
  least?: number
  most?: number
  /** What a text must look like. */
  like?: RegExp
  is: string
}

const setting = <T>(is: string, value: T, more: Omit<Setting<T>, 'is' | 'default'> = {}): Setting<T> => ({
  is,
  default: value,
  ...more,
})
/** The default thresholds of a label. */
export const SURELY = { best: 0.6, median: 0.5 }
const NAMES = ['person', 'cat', 'dog', 'bird', 'bear', 'car', 'bicycle', 'motorcycle', 'bus', 'truck']

/** Every setting. Flags, variables, the file, the JSON Schema and `--help` derive from it. */
export const SETTINGS = {
  service: setting('The address of the Scout service.', 'http://localhost:8787', { like: /^https?:\/\/./ }),
  source: setting(
    'Where pictures come from: rtsp://…, http://…, /dev/video0, rpicam, demo, or ./film.mp4.',
    'demo',
  ),
  folder: setting(
    'The folder for the token and the pictures that are not sent yet.',
    join(homedir(), '.scout-camera'),
  ),
  fps: setting('How many pictures to analyse.', 5, { unit: 'a second', least: 1, most: 30 }),
  width: setting('The width of the pictures, if the source lets you choose.', 1280, {
    unit: 'pixels',
    least: 160,
    most: 4096,
  }),
  height: setting('The height of the pictures, if the source lets you choose.', 720, {
    unit: 'pixels',
    least: 90,
    most: 4096,
  }),
  labels: setting<Labels>(
    'What to report: each name with its minimum best score and median score.',
    Object.fromEntries(NAMES.map((name) => [name, SURELY])),
  ),
  least: setting('The smallest thing to report.', 0.002, { unit: 'of the picture', least: 0, most: 1 }),
  largest: setting('The largest thing to report.', 1, { unit: 'of the picture', least: 0, most: 1 }),
  settle: setting('How long to wait for the best picture; twice as long while the edge cuts it off.', 1, {
    unit: 'seconds',
    least: 0,
    most: 60,
  }),
  quiet: setting('How long nothing of a kind must be seen before the next one is reported.', 10, {
    unit: 'seconds',
    least: 0,
    most: 3600,
  }),
  again: setting('How long others of a kind are not reported while it goes on.', 60, {
    unit: 'seconds',
    least: 0,
    most: 86_400,
  }),
  masks: setting<Polygons>('Where motion is ignored: polygons of [x, y] as shares of the picture.', []),
  zones: setting<Polygons>(
    'Where things are reported, by the middle of their feet; everywhere if empty.',
    [],
  ),
  privacy: setting<Polygons>('What is blacked out in every picture that leaves this machine.', []),
  spool: setting('How much to keep of what could not be sent.', 200, { unit: 'MB', least: 1, most: 100_000 }),
  seed: setting('Which scene the source `demo` draws.', 1, { least: 0, most: 2 ** 31 }),
}
export type Config = { [K in keyof typeof SETTINGS]: (typeof SETTINGS)[K]['default'] }
