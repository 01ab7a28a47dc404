// Does a link fail once per failure, and does nothing of an earlier try reach the next?
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../../../test/scenarios/streams/manual-clock.ts';
import { createLink } from './link.ts';
import type { SocketListener } from './socket.ts';
import { DEFAULT_TIMING } from './stream-timing.ts';

function setUp(address: () => Promise<string> = () => Promise.resolve('ws://venue')) {
  const clock = createManualClock(0);
  const sockets: { readonly listener: SocketListener; ended: boolean }[] = [];
  const told: string[] = [];
  const link = createLink({
    now: () => clock.now(),
    random: () => 0.5,
    timing: DEFAULT_TIMING,
    address,
    ping: undefined,
    openSocket: (_url, listener) => {
      const socket = { listener, ended: false };
      sockets.push(socket);
      return {
        send: () => undefined,
        ping: () => undefined,
        end: () => {
          socket.ended = true;
          return Promise.resolve();
        },
      };
    },
    listener: {
      opened: () => told.push('opened'),
      text: (payload) => told.push(payload),
      unreadable: (reason) => told.push(reason),
      lost: (reason) => told.push(`lost: ${reason}`),
    },
  });
  const pulse = async (): Promise<void> => {
    link.pulse();
    await clock.advance(0);
  };
  return { clock, link, sockets, told, pulse };
}

describe('a link', () => {
  it('that waits already does not fail again', async () => {
    const { link, told, pulse } = setUp();
    await pulse();
    link.renew('once');
    link.renew('twice');
    expect(told).toEqual(['lost: once']);
  });

  it('cuts the socket that it gives up and hears no more of it', async () => {
    const { clock, link, sockets, told, pulse } = setUp();
    await pulse();
    sockets[0].listener.opened();
    link.renew('enough');
    expect(sockets[0].ended).toBe(true);
    await clock.advance(1_000);
    await pulse();
    for (const event of ['opened', 'ponged'] as const) sockets[0].listener[event]();
    sockets[0].listener.text('late');
    sockets[0].listener.closed('late');
    expect(sockets).toHaveLength(2);
    expect(told).toEqual(['opened', 'lost: enough']);
    expect(link.isOpen).toBe(false);
  });

  it('does not use an address that comes too late', async () => {
    const answers: ((url: string) => void)[] = [];
    const { clock, sockets, told, pulse } = setUp(() => new Promise((resolve) => answers.push(resolve)));
    await pulse();
    await clock.advance(10_000);
    await pulse();
    expect(told).toEqual(['lost: not connected after 10000 ms']);
    answers[0]('ws://late');
    await clock.advance(0);
    expect(sockets).toHaveLength(0);
  });

  it('an address that makes no socket is a failure like any other', async () => {
    const { link } = setUp();
    const told: string[] = [];
    const broken = createLink({
      now: () => 0,
      random: () => 0.5,
      timing: DEFAULT_TIMING,
      address: () => Promise.resolve('no address'),
      ping: undefined,
      openSocket: () => {
        throw new SyntaxError('Invalid URL: no address');
      },
      listener: {
        opened: () => undefined,
        text: () => undefined,
        unreadable: () => undefined,
        lost: (reason) => told.push(reason),
      },
    });
    broken.pulse();
    await Promise.resolve();
    await Promise.resolve();
    expect(told).toEqual(['Invalid URL: no address']);
    await link.close();
  });
});
