// Loaded into Wrangler's process before Wrangler. Variables come through the environment, because everybody on the machine
// can read a command line. It also ends Wrangler when the launcher dies, however that happens.
const variables = Object.entries<string>(JSON.parse(process.env.SCOUT_VARIABLES ?? '{}'))
delete process.env.SCOUT_VARIABLES
for (const [name, value] of variables) process.argv.push('--var', `${name}:${value}`)

process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
