import { AwsV4Signer } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LocalMail, startMail } from '../../stack/mail.ts'

const KEYS = { accessKeyId: 'AKIASCOUT', secretAccessKey: 'a-secret-of-the-stack' }
const OPTIONS = { ...KEYS, region: 'us-east-1', port: 0 }
const PATH = '/v2/email/outbound-emails'
const MAIL = {
  FromEmailAddress: 'Scout <scout@example.com>',
  Destination: { ToAddresses: ['ada@example.com'] },
  Content: {
    Simple: {
      Subject: { Data: 'Hello' },
      Body: { Text: { Data: 'Hello, Ada — ü' }, Html: { Data: '<p>Hello</p>' } },
    },
  },
}

let server: Awaited<ReturnType<typeof startMail>>
const told: LocalMail[] = []
beforeAll(async () => {
  server = await startMail({ ...OPTIONS, onMail: (mail) => told.push(mail) })
})
afterAll(() => server.stop())

type Changes = Partial<ConstructorParameters<typeof AwsV4Signer>[0]>

/** Sends an email with an AWS signature and `changes`; `sent` changes the request after signing. */
async function post(
  mail: object,
  changes: Changes = {},
  sent: { body?: string; path?: string; headers?: object } = {},
) {
  const signer = new AwsV4Signer({
    method: 'POST',
    url: server.endpoint + PATH,
    body: JSON.stringify(mail),
    service: 'ses',
    ...OPTIONS,
    ...changes,
  })
  const { url, headers, body } = await signer.sign()
  const all = { ...Object.fromEntries(headers), ...sent.headers }
  const response = await fetch(sent.path ? server.endpoint + sent.path : url, {
    method: 'POST',
    headers: all,
    body: sent.body ?? (body as string),
  })
  return response.status
}
const mailsTo = async (to: string) =>
  (await (await fetch(`${server.endpoint}/mails?to=${encodeURIComponent(to)}`)).json()) as LocalMail[]
const dateOf = (at: number) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '')

describe('what stands in for Amazon SES', () => {
  it('takes a mail that is signed with its keys, tells of it and shows it', async () => {
    expect(await post(MAIL)).toBe(200)
    const mail = {
      from: 'Scout <scout@example.com>',
      to: 'ada@example.com',
      subject: 'Hello',
      text: 'Hello, Ada — ü',
      html: '<p>Hello</p>',
    }
    expect(told).toEqual([mail])
    expect(await mailsTo('ada@example.com')).toEqual([mail])
    expect(await mailsTo('bob@example.com')).toEqual([])
  })

  it.each<[string, Changes, Parameters<typeof post>[2]]>([
    ['with another secret', { secretAccessKey: 'another' }, {}],
    ['with another key', { accessKeyId: 'AKIAOTHER' }, {}],
    ['for another region', { region: 'eu-central-1' }, {}],
    ['for another service', { service: 's3' }, {}],
    ['an hour ago', { datetime: dateOf(Date.now() - 3_600_000) }, {}],
    ['over another body', {}, { body: JSON.stringify({ ...MAIL, FromEmailAddress: 'evil@example.com' }) }],
    ['over another query', {}, { path: `${PATH}?x=1` }],
    ['over another time', {}, { headers: { 'x-amz-date': dateOf(Date.now() + 60_000) } }],
    ['not at all', {}, { headers: { authorization: '' } }],
  ])('refuses one that is signed %s', async (_, changes, sent) => {
    const mail = { ...MAIL, Destination: { ToAddresses: ['refused@example.com'] } }
    expect(await post(mail, changes, sent)).toBe(403)
    expect(await mailsTo('refused@example.com')).toEqual([])
  })

  it.each([
    ['nothing', {}],
    ['no text', { ...MAIL, Content: { Simple: { Subject: { Data: 'x' }, Body: {} } } }],
    ['two addresses', { ...MAIL, Destination: { ToAddresses: ['a@example.com', 'b@example.com'] } }],
    ['no subject', { ...MAIL, Content: { Simple: { ...MAIL.Content.Simple, Subject: { Data: '' } } } }],
  ])('refuses a request that holds %s', async (_, mail) => {
    expect(await post(mail)).toBe(400)
  })

  it('has nothing else', async () => {
    expect(await post(MAIL, { url: `${server.endpoint}/v2/email/identities` })).toBe(404)
  })
})
