// Which faults can be injected? The whole catalogue, by number and by name.
import type { FaultRow } from './fault-row.ts';
import { accountRows } from './rows/account.ts';
import { connectionRows } from './rows/connections.ts';
import { frameRows } from './rows/frames.ts';
import { marketRows } from './rows/market.ts';
import { orderRows } from './rows/orders.ts';
import { replyRows } from './rows/replies.ts';
import { serverRows } from './rows/server.ts';

/** Every row, by rising number. */
export const FAULT_CATALOGUE: readonly FaultRow[] = [
  ...replyRows,
  ...connectionRows,
  ...frameRows,
  ...orderRows,
  ...marketRows,
  ...accountRows,
  ...serverRows,
].toSorted((a, b) => a.number - b.number);

const byNumber = new Map(FAULT_CATALOGUE.map((row) => [row.number, row]));
const byName = new Map(FAULT_CATALOGUE.map((row) => [row.name, row]));

/** The row of a number; undefined: there is none. */
export const rowOf = (number: number): FaultRow | undefined => byNumber.get(number);

/** The row of a name; undefined: there is none. */
export const rowNamed = (name: string): FaultRow | undefined => byName.get(name);
