// O6: does every channel deliver what it should, and fail in one sentence without a secret, within its time?
import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { emailChannel, type EmailAddress } from '../../../src/adapters/notify/email-channel.ts';
import {
  discordChannel,
  ntfyChannel,
  telegramChannel,
  webhookChannel,
} from '../../../src/adapters/notify/http-channels.ts';
import type { Alert, Notifier } from '../../../src/ports/notifier.ts';
import { fakeHttp, fakeSmtp, type SmtpManner } from './fake-servers.ts';
import { selfSigned } from './self-signed.ts';

const SECRET = 'planted-secret-0123456789';
const ALERT: Alert = {
  kind: 'kill',
  severity: 'critical',
  title: 'Alles zu: größer als erlaubt',
  text: 'BTCUSDT was closed. @everyone',
  time: 1_700_000_000_000,
  key: 'k',
};
const FOREVER = new AbortController().signal;

let open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});
async function opened<Kind extends { close(): Promise<void> }>(server: Promise<Kind>): Promise<Kind> {
  open.push(await server);
  return server;
}

const CHANNELS: readonly (readonly [string, (url: string) => Notifier])[] = [
  ['discord', (url) => discordChannel(`${url}/api/webhooks/1/${SECRET}`)],
  ['telegram', (url) => telegramChannel({ token: SECRET, chat: '42', baseUrl: url })],
  ['webhook', (url) => webhookChannel(`${url}/hook?token=${SECRET}`, SECRET)],
  ['ntfy', (url) => ntfyChannel(`${url}/${SECRET}`, SECRET)],
];

describe('channels over HTTP', () => {
  it.each(CHANNELS)('%s delivers title and text', async (_name, make) => {
    const server = await opened(fakeHttp(() => ({ status: 200 })));
    await make(server.url).send(ALERT, FOREVER);
    const [{ body, headers }] = server.seen;
    const title = decodeURIComponent(String(headers['title'] ?? ''));
    const whole = `${body}${title.startsWith('=?UTF-8?B?') ? Buffer.from(title.slice(10, -2), 'base64').toString() : title}`;
    expect(whole).toContain(ALERT.title);
    expect(whole).toContain('BTCUSDT was closed.');
  });

  it.each(CHANNELS)('%s says in one sentence what is wrong, without the secret', async (name, make) => {
    for (const status of [400, 401, 404, 500]) {
      const server = await opened(fakeHttp(({ path }) => ({ status, body: `bad ${path} ${SECRET}` })));
      const failure = await make(server.url)
        .send(ALERT, FOREVER)
        .catch((error: unknown) => String(error));
      expect(failure).toContain(`${name}: answered ${status}`);
      expect(failure).not.toContain(SECRET);
    }
  });

  it.each(CHANNELS)('%s does not follow to another address, where its secret would go too', async (_name, make) => {
    const server = await opened(fakeHttp(() => ({ status: 200 })));
    const { createServer } = await import('node:http');
    const away = createServer((_request, response) => response.writeHead(307, { location: server.url }).end());
    await new Promise<void>((resolve) => away.listen(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise((resolve) => away.close(() => resolve())) });
    const address = away.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(make(`http://127.0.0.1:${port}`).send(ALERT, FOREVER)).rejects.toThrow('cannot be reached');
    expect(server.seen).toEqual([]);
  });

  it.each(CHANNELS)('%s says that nobody is there', async (_name, make) => {
    const server = await fakeHttp(() => ({ status: 200 }));
    await server.close();
    await expect(make(server.url).send(ALERT, FOREVER)).rejects.toThrow('cannot be reached (ECONNREFUSED)');
  });

  it.each(CHANNELS)('%s is let go of when the server hangs', async (_name, make) => {
    const limit = new AbortController();
    const server = await opened(
      fakeHttp(() => {
        limit.abort();
        return 'hang';
      }),
    );
    await expect(make(server.url).send(ALERT, limit.signal)).rejects.toThrow('no answer in time');
  });

  it('Discord pings nobody by a name in the text', async () => {
    const server = await opened(fakeHttp(() => ({ status: 204 })));
    await discordChannel(server.url).send(ALERT, FOREVER);
    expect(JSON.parse(server.seen[0].body)).toMatchObject({ allowed_mentions: { parse: [] } });
  });

  it('a webhook can be told from a forgery by its signature', async () => {
    const server = await opened(fakeHttp(() => ({ status: 200 })));
    await webhookChannel(server.url, SECRET).send(ALERT, FOREVER);
    const [{ body, headers }] = server.seen;
    expect(headers['x-perpilot-signature']).toBe(createHmac('sha256', SECRET).update(body).digest('hex'));
    expect(JSON.parse(body)).toEqual(ALERT);
  });
});

describe('e-mail', () => {
  const made = selfSigned();
  const address = (port: number, security: EmailAddress['security']): EmailAddress => ({
    host: '127.0.0.1',
    port,
    security,
    from: 'bot@example.org',
    to: 'me@example.org',
    user: 'bot',
    password: SECRET,
    certificate: made.cert,
  });

  it.each(['tls', 'starttls'] as const)('arrives over %s, and no password goes in the clear', async (security) => {
    const server = await opened(fakeSmtp(security, made));
    await emailChannel(address(server.port, security)).send(ALERT, FOREVER);
    expect(server.mails).toHaveLength(1);
    expect(server.mails[0]).toContain('To: me@example.org');
    expect(server.mails[0]).toContain('BTCUSDT was closed.');
    expect(server.inTheClear.join('\n')).not.toMatch(/AUTH|MAIL/);
  });

  it('is not sent to a server whose certificate nobody signed', async () => {
    const server = await opened(fakeSmtp('tls', made));
    const failure = emailChannel({ ...address(server.port, 'tls'), certificate: undefined }).send(ALERT, FOREVER);
    await expect(failure).rejects.toThrow(/email: .*certificate/);
    expect(server.mails).toEqual([]);
  });

  it.each<[SmtpManner, EmailAddress['security'], RegExp]>([
    ['plain', 'starttls', /email: .*(TLS|STARTTLS)/],
    ['refuses-login', 'none', /email: Invalid login: 535/],
    ['refuses-mail', 'none', /email: .*550/],
  ])('a server that is %s is told of in one sentence, without the secret', async (manner, security, says) => {
    const server = await opened(fakeSmtp(manner, made));
    const failure = await emailChannel(address(server.port, security))
      .send(ALERT, FOREVER)
      .catch((error: unknown) => (error instanceof Error ? error.message : ''));
    expect(failure).toMatch(says);
    expect(failure).not.toContain(SECRET);
    expect(failure).not.toContain(Buffer.from(`\0bot\0${SECRET}`).toString('base64'));
    expect(server.mails).toEqual([]);
  });
});
