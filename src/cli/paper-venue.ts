// What does the bot trade on in paper mode? The account in its folder, at the prices of the venue that it is connected to.
import { join } from 'node:path';
import { openJournal } from '../adapters/sqlite/journal.ts';
import { isoTime } from '../domain/iso-time.ts';
import { createPaperVenue } from '../exchange-simulator/paper/create-paper-venue.ts';
import type { PaperNotice } from '../exchange-simulator/paper/paper-options.ts';
import { paperTermsOf } from '../exchange-simulator/paper/paper-terms.ts';
import type { BotPlan } from './bot-plan.ts';
import type { BotVenue } from './bot-venue.ts';

export interface PaperRequest {
  readonly venue: BotVenue;
  readonly folder: string;
  readonly symbols: readonly string[];
  readonly plan: BotPlan;
  readonly remark: (text: string) => void;
}

/** The same venue with the paper account for its own; closing it leaves the venue open. */
export async function openPaperVenue({ venue, folder, symbols, plan, remark }: PaperRequest): Promise<BotVenue> {
  const { clock } = venue;
  const { paper, costs, account, live } = plan.loaded.config;
  const journal = await openJournal({ file: join(folder, 'paper.sqlite'), now: () => clock.now() });
  try {
    const connection = await createPaperVenue({
      real: venue.connection,
      journal,
      clock,
      ...(venue.isReplayed ? { now: () => clock.now() } : {}),
      symbols,
      barMs: plan.barMs,
      terms: paperTermsOf(paper),
      costs,
      marginMode: live.marginMode,
      deposit: account.initialEquity,
      seed: plan.seed,
      notice: (notice) => remark(noticeText(notice)),
    });
    const close = async (): Promise<void> => {
      await connection.close();
      journal.close();
    };
    return { ...venue, connection, openElsewhere: undefined, close };
  } catch (error) {
    journal.close();
    throw error;
  }
}

function noticeText(notice: PaperNotice): string {
  switch (notice.kind) {
    case 'happened-in-absence':
      return `paper: ${notice.symbol} was executed at ${isoTime(notice.time)}, while nobody looked (order ${notice.orderId})`;
    case 'minutes-missing':
      return `paper: minutes of ${notice.symbol} are missing and asked for again: ${notice.reason}`;
    case 'log-unwritable':
      return `paper: the account cannot be written and stands still: ${notice.reason}`;
    default:
      return `paper: the venue does not tell the funding rate of ${notice.symbol} at ${isoTime(notice.time)}; the one shown before counts`;
  }
}
