// By which times does a session act unless told otherwise? Milliseconds, each with what it is for in `SessionRules`.
import type { SessionRules } from './session-setup.ts';

export const DEFAULT_RULES: SessionRules = {
  feed: { graceMs: 2_000, deadlineMs: 20_000, askAgainMs: 1_000 },
  orders: {
    entryMaxAgeMs: 600_000,
    absenceProofMs: 15_000,
    lookUpEveryMs: 1_000,
    retryFirstMs: 500,
    retryMaxMs: 8_000,
  },
  entries: { orders: 'market', restMs: 60_000, postOnly: false, maxSlippageBps: undefined },
  contractsEveryMs: 86_400_000,
  triggerBy: 'last',
  fundingDeadlineMs: 10_000,
  protectionDeadlineMs: 5_000,
  protectionRetryMs: 500,
  compareEveryMs: 60_000,
  executionOverlapMs: 7_200_000,
  tickMs: 250,
  foreignPositions: 'adopt',
  adoptedStopFraction: 0.02,
  walletTolerance: 1e-9,
};
