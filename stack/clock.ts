const CRONS = { '* * * * *': 60_000, '17 * * * *': 3_600_000 }

/**
 * Replaces Cloudflare's cron triggers, which `wrangler dev` lacks: calls the scheduled work of each minute and each hour.
 */
export function startClock(url: string) {
  const timers = Object.entries(CRONS).map(([cron, milliseconds]) =>
    setInterval(() => void ring(url, cron), milliseconds),
  )
  return { stop: async () => timers.forEach((timer) => clearInterval(timer)) }
}

const ring = (url: string, cron: string) =>
  fetch(`${url}/cdn-cgi/handler/scheduled?${new URLSearchParams({ cron })}`).then(
    (response) => response.body?.cancel(),
    () => {},
  )
