import { behavesAsSender } from '../contracts/sender.ts'
import { apnsRig, ntfyRig, webhookRig, webPushRig } from '../support/rigs.ts'

behavesAsSender('Web Push', webPushRig)
behavesAsSender('APNs', apnsRig)
behavesAsSender('a webhook', webhookRig)
behavesAsSender('ntfy', ntfyRig)
