// Is an order on the disk when it reaches the exchange? Looked up in the journal by another process than the bot's.
import { existsSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { OrderRecord } from '../../src/exchange-simulator/core/order-record.ts';
import { needsNoDisk } from './crash-judge.ts';

export interface DiskWatch {
  readonly isWritten: (order: OrderRecord) => boolean;
  close(): void;
}

/** Looks into the journal of a bot that may be writing it. */
export function watchDisk(file: string): DiskWatch {
  let opened: { readonly database: DatabaseSync; readonly orders: StatementSync } | undefined;
  const open = () => {
    const database = new DatabaseSync(file, { timeout: 5_000 });
    return { database, orders: database.prepare("SELECT 1 FROM rows WHERE stream = 'order' AND key = ? LIMIT 1") };
  };
  return {
    isWritten(order) {
      if (needsNoDisk(order)) return true;
      if (opened === undefined && !existsSync(file)) return false;
      opened ??= open();
      return opened.orders.get(order.clientOrderId) !== undefined;
    },
    close: () => opened?.database.close(),
  };
}
