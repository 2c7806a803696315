import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it, onTestFinished, vi } from 'vitest'

it('the log names the edge location that the first request came to', async () => {
  // The first request to an isolate determines it.
  vi.resetModules()
  onTestFinished(() => void vi.resetModules())
  const { default: worker } = await import('../src/index.ts')
  const logged = vi.spyOn(console, 'log').mockReturnValue()
  for (const cf of [{ colo: 'FRA' }, undefined]) {
    const request = new Request('https://scout.test/healthz', { ...(cf && { cf }) })
    await worker.fetch(request, { ...env, LOG_SAMPLE_RATE: '1' }, createExecutionContext())
    expect(JSON.parse(logged.mock.lastCall?.[0]).edge).toBe('FRA')
  }
})
