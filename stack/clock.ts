const CRONS = { '* * * * *': 60_000, '17 * * * *': 3_600_000 }

/** Does what the platform's clock does for a deployed Worker and `wrangler dev` does not: calls what is due each minute and each hour. */
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
