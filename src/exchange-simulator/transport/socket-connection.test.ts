// Do frames that faults hold back leave when they are due, in the order in which they came?
import type { Duplex } from 'node:stream';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createManualClock } from '../../../test/scenarios/exchange-simulator/manual-clock.ts';
import { faultDesk } from '../../../test/scenarios/exchange-simulator/fault-desk.ts';
import type { Clock } from '../../ports/clock.ts';
import { SocketConnection } from './socket-connection.ts';

interface Wire {
  readonly connection: SocketConnection;
  readonly sent: readonly string[];
}

function wireOf(clock: Clock, faults: ReturnType<typeof faultDesk>['faults']): Wire {
  const sent: string[] = [];
  const socket = { OPEN: 1, readyState: 1, bufferedAmount: 0, send: (text: string) => sent.push(text) };
  const connection = new SocketConnection({
    id: 1,
    path: '/',
    query: new URLSearchParams(),
    channel: 'private',
    // As much of a socket as a connection touches when it sends.
    socket: socket as unknown as WebSocket,
    stream: {} as Duplex,
    faults,
    clock,
    idleLimitMs: undefined,
  });
  return { connection, sent };
}

it('frames in bursts keep their order, whatever part of a millisecond the clock shows and however late its timers are', () => {
  const pause = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 0, max: 200 }));
  fc.assert(
    fc.property(fc.array(pause, { minLength: 2, maxLength: 40 }), fc.boolean(), (pauses, late) => {
      const desk = faultDesk([{ fault: 24, request: 1, burst_ms: 150, for_wall: '2s' }]);
      // A clock of its own for timers: where they are late, only what is sent moves anything.
      const timers = createManualClock();
      const clock: Clock = {
        now: () => desk.clock.now(),
        after: (ms, wake) => (late ? timers : desk.clock).after(ms, wake),
      };
      const { connection, sent } = wireOf(clock, desk.faults);
      pauses.forEach((step, index) => {
        desk.clock.advance(step);
        connection.send('order', String(index));
      });
      desk.clock.advance(10_000);
      connection.send('order', String(pauses.length));
      expect(sent.map(Number)).toEqual(Array.from({ length: pauses.length + 1 }, (_, index) => index));
    }),
  );
});

it('nothing of a burst leaves before its beat has ended', () => {
  const desk = faultDesk([{ fault: 24, request: 1, burst_ms: 150, for_wall: '2s' }]);
  const { connection, sent } = wireOf(desk.clock, desk.faults);
  const left = 150 - (desk.clock.now() % 150);
  connection.send('order', 'a');
  desk.clock.advance(left - 0.5);
  connection.send('order', 'b');
  expect(sent).toEqual([]);
  desk.clock.advance(0.5);
  expect(sent).toEqual(['a', 'b']);
});
