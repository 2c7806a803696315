/**
 * Messages from a page to its worker. `take over`: the user accepts the update; the waiting worker tells the active one to `make way`.
 * `signed out`: drop the user's data.
 */
export type ToWorker = { type: 'take over' } | { type: 'make way' } | { type: 'signed out' }

/**
 * Messages from the worker to every page. `open`: a notification with this path was tapped. `changed`: a push arrived or an action ran,
 * so refresh. `push ended`: the browser dropped the subscription, so subscribe again.
 */
export type FromWorker = { type: 'open'; path: string } | { type: 'changed' } | { type: 'push ended' }
