import { join } from 'node:path'

/**
 * The parts of the camera as people install them, from the folder of a built package: run from the sources, a process would first
 * convert the network, which takes 60 MB of memory for good.
 */
export async function builtCamera(folder: string) {
  const load = <T>(file: string) => import(join(folder, file)) as Promise<T>
  const [detector, camera, config, mjpeg, sights] = await Promise.all([
    load<typeof import('@scout/detector')>('detector/index.js'),
    load<typeof import('../../clients/camera/src/camera.ts')>('camera.js'),
    load<typeof import('../../clients/camera/src/config.ts')>('config.js'),
    load<typeof import('../../clients/camera/src/frames/mjpeg.ts')>('frames/mjpeg.js'),
    load<typeof import('../../clients/camera/src/sights.ts')>('sights.js'),
  ])
  return { ...detector, ...camera, ...config, ...mjpeg, ...sights }
}
