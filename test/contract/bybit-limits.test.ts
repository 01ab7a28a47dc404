// Does the simulated Bybit hold its clients to its limits, and tell them where they stand?
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock, type ManualClock } from '../scenarios/exchange-simulator/manual-clock.ts';
import { CREDENTIALS, startBybit, type SimulatedBybit } from './bybit-server.ts';

let server: SimulatedBybit | undefined;
afterEach(() => server?.close());

async function limited(clock: ManualClock): Promise<SimulatedBybit> {
  server = await startBybit({ server: { limits: true, clock } });
  return server;
}

async function signed(target: SimulatedBybit, clock: ManualClock, method: string, path: string, payload: string) {
  const timestamp = String(clock.now());
  const signature = createHmac('sha256', CREDENTIALS.secret)
    .update(`${timestamp}${CREDENTIALS.key}5000${payload}`)
    .digest('hex');
  const reply = await fetch(`${target.httpUrl}${path}${method === 'GET' ? `?${payload}` : ''}`, {
    method,
    ...(method === 'GET' ? {} : { body: payload }),
    headers: {
      'X-BAPI-API-KEY': CREDENTIALS.key,
      'X-BAPI-TIMESTAMP': timestamp,
      'X-BAPI-RECV-WINDOW': '5000',
      'X-BAPI-SIGN': signature,
    },
  });
  const headers = ['x-bapi-limit', 'x-bapi-limit-status', 'x-bapi-limit-reset-timestamp'].map((name) =>
    reply.headers.get(name),
  );
  return { status: reply.status, headers, ...((await reply.json()) as { retCode: number }) };
}

const ORDER = JSON.stringify({ category: 'linear', symbol: 'AAAUSDT', side: 'Buy', orderType: 'Market', qty: '0.1' });

it('ten orders a second, by request and by stream together', async () => {
  const clock = createManualClock(1_800_000_000_000);
  const target = await limited(clock);
  const create = () => signed(target, clock, 'POST', '/v5/order/create', ORDER);
  expect(await create()).toMatchObject({ retCode: 0, headers: ['10', '9', '1800000001000'] });
  for (let count = 2; count <= 9; count += 1) expect((await create()).retCode).toBe(0);
  const socket = new WebSocket(`${target.webSocketUrl}/v5/trade`);
  const answers: any[] = [];
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
  await once(socket, 'open');
  const expires = String(clock.now() + 5_000);
  const signature = createHmac('sha256', CREDENTIALS.secret).update(`GET/realtime${expires}`).digest('hex');
  socket.send(JSON.stringify({ op: 'auth', args: [CREDENTIALS.key, expires, signature] }));
  const header = { 'X-BAPI-TIMESTAMP': String(clock.now()) };
  for (const reqId of ['a', 'b']) {
    socket.send(JSON.stringify({ op: 'order.create', reqId, header, args: [JSON.parse(ORDER)] }));
  }
  while (answers.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(answers[1]).toMatchObject({ retCode: 0, header: { 'X-Bapi-Limit': '10', 'X-Bapi-Limit-Status': '0' } });
  expect(answers[2]).toMatchObject({ retCode: 10_006, reqId: 'b' });
  expect(await create()).toMatchObject({ status: 200, retCode: 10_006, headers: ['10', '0', '1800000001000'] });
  expect(target.exchange.closedOrders({})).toHaveLength(10);
  clock.advance(1_000);
  expect((await create()).retCode).toBe(0);
  // Every endpoint has a count of its own.
  const wallet = await signed(target, clock, 'GET', '/v5/account/wallet-balance', 'accountType=UNIFIED');
  expect(wallet.headers.slice(0, 2)).toEqual(['50', '49']);
});

it('six hundred requests of an address in five seconds, and then ten minutes of nothing', async () => {
  const clock = createManualClock();
  const target = await limited(clock);
  const ask = async (): Promise<number> => {
    const reply = await fetch(`${target.httpUrl}/v5/market/time`);
    const text = await reply.text();
    if (reply.status === 403) expect(text).toContain('access too frequent');
    return reply.status;
  };
  for (let count = 0; count < 600; count += 1) expect(await ask()).toBe(200);
  expect(await ask()).toBe(403);
  clock.advance(599_000);
  expect(await ask()).toBe(403);
  clock.advance(1_001);
  expect(await ask()).toBe(200);
  expect((await fetch(`${target.httpUrl}/control/now`)).status).toBe(200);
});
