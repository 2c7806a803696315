// A Worker for workerd that replaces Cloudflare's platform for another, WORKER: it delivers the messages of its queue one by
// one, and triggers its cron at `GET /?cron=`. The queue is in memory, and a message whose handler fails is lost: as at
// Cloudflare after the last retry, the cron finds what is due.
const QUEUE = 'scout-events'

export default {
  async fetch(request, { WORKER }, ctx) {
    const cron = new URL(request.url).searchParams.get('cron')
    if (cron !== null) {
      const { outcome } = await WORKER.scheduled({ cron, scheduledTime: new Date() })
      return Response.json({ outcome })
    }
    const delayInSeconds = Number(request.headers.get('X-Msg-Delay-Secs'))
    const body = await request.json()
    ctx.waitUntil(handOn(WORKER, body, delayInSeconds))
    return Response.json({
      metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } },
    })
  },
}

async function handOn(worker, body, delayInSeconds) {
  await scheduler.wait(delayInSeconds * 1000)
  const message = { id: crypto.randomUUID(), timestamp: new Date(), body, attempts: 1 }
  await worker.queue(QUEUE, [message])
}
