import { execFileSync } from 'node:child_process'

/** Reports a missing program before any test runs. */
export default function setup() {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' })
  } catch {
    throw new Error('These tests need ffmpeg, which is not installed: sudo apt-get install ffmpeg')
  }
}
