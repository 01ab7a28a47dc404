// Which rules does a session follow under the settings of the section `live`? What is no setting stays as it is.
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import type { KillSettings } from '../safety/kill-rules.ts';
import type { QuarantineSettings } from '../safety/quarantine.ts';
import type { EntryWindowRules } from './entry-windows.ts';
import type { SessionRules } from './session-setup.ts';
import { instantOf, windowOf } from './window-text.ts';

/** The settings of `live.no_entries`, as the configuration has checked them. */
interface NoEntriesSettings {
  readonly windows: readonly string[];
  readonly times: readonly string[];
  readonly minutesBefore: number;
  readonly minutesAfter: number;
  readonly fundingAbove: number | null;
  readonly fundingMinutesBefore: number;
  readonly fundingMinutesAfter: number;
}

/** The settings of the section `live` that a session reads. */
export interface SessionSettings {
  readonly triggerBy: 'last' | 'mark';
  readonly protectionDeadlineSeconds: number;
  readonly entryMaxAgeSeconds: number;
  readonly entryOrders: 'market' | 'limit_then_market';
  readonly limitSeconds: number;
  readonly limitPostOnly: boolean;
  readonly maxSlippageBps: number | null;
  readonly contractsIntervalHours: number;
  readonly compareIntervalSeconds: number;
  readonly minLiquidationDistance: number;
  readonly limitTolerance: number;
  readonly foreignPositions: 'adopt' | 'alarm';
  readonly adoptedStop: number;
  readonly feedGraceSeconds: number;
  readonly feedDeadlineSeconds: number;
  readonly fundingDeadlineSeconds: number;
  readonly noEntries: NoEntriesSettings;
  readonly kill: KillSettings;
  readonly quarantine: QuarantineSettings;
}

const SECOND_MS = 1_000;

export function sessionRulesOf(settings: SessionSettings): SessionRules {
  return {
    ...DEFAULT_RULES,
    feed: {
      ...DEFAULT_RULES.feed,
      graceMs: settings.feedGraceSeconds * SECOND_MS,
      deadlineMs: settings.feedDeadlineSeconds * SECOND_MS,
    },
    orders: { ...DEFAULT_RULES.orders, entryMaxAgeMs: settings.entryMaxAgeSeconds * SECOND_MS },
    entries: {
      orders: settings.entryOrders === 'market' ? 'market' : 'limit-then-market',
      restMs: settings.limitSeconds * SECOND_MS,
      postOnly: settings.limitPostOnly,
      maxSlippageBps: settings.maxSlippageBps ?? undefined,
    },
    entryWindows: entryWindowsOf(settings.noEntries),
    contractsEveryMs: settings.contractsIntervalHours * HOUR_MS,
    triggerBy: settings.triggerBy,
    fundingDeadlineMs: settings.fundingDeadlineSeconds * SECOND_MS,
    protectionDeadlineMs: settings.protectionDeadlineSeconds * SECOND_MS,
    compareEveryMs: settings.compareIntervalSeconds * SECOND_MS,
    exposure: {
      minLiquidationDistance: settings.minLiquidationDistance,
      limitTolerance: settings.limitTolerance,
    },
    foreignPositions: settings.foreignPositions,
    adoptedStopFraction: settings.adoptedStop,
    kill: settings.kill,
    quarantine: settings.quarantine,
  };
}

function entryWindowsOf(settings: NoEntriesSettings): EntryWindowRules {
  return {
    windows: settings.windows.flatMap((text) => windowOf(text) ?? []),
    times: settings.times.flatMap((text) => instantOf(text) ?? []),
    beforeMs: settings.minutesBefore * MINUTE_MS,
    afterMs: settings.minutesAfter * MINUTE_MS,
    fundingAbove: settings.fundingAbove ?? undefined,
    fundingBeforeMs: settings.fundingMinutesBefore * MINUTE_MS,
    fundingAfterMs: settings.fundingMinutesAfter * MINUTE_MS,
  };
}
