// May real money be traded? Every item of the checklist, executed or signed, as the sealed report that the live mode demands.
import { hashOf } from '../../config/hash.ts';
import { codeVersion } from '../../adapters/system/code-version.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { sealOf, type ReadinessLine, type ReadinessReport } from '../../live/start/readiness-report.ts';
import { READINESS_ITEMS } from './items.ts';
import { person, SECTIONS, type ReadinessFacts, type ReadinessItem } from './judgement.ts';
import { signatureFor, type Signature } from './signatures.ts';

/** A line of the report with what was seen. */
export interface JudgedLine extends ReadinessLine {
  readonly section: ReadinessItem['section'];
  readonly says: string;
}

export interface JudgedReadiness {
  readonly report: ReadinessReport & { readonly seal: string };
  readonly lines: readonly JudgedLine[];
}

export function judgeItems(facts: ReadinessFacts, signatures: readonly Signature[], now: number): JudgedReadiness {
  const lines = READINESS_ITEMS.map((item) => lineOf(item, facts, signatureFor(item.id, signatures, now)));
  const { loaded, account } = facts.examination;
  const report: ReadinessReport = {
    format: 'perpilot-readiness',
    version: 1,
    createdAt: now,
    result: lines.every(({ result }) => result !== 'failed') ? 'passed' : 'failed',
    account: account ?? 'none',
    configHash: hashOf({ all: loaded.resolved }),
    codeVersion: codeVersion(),
    lines: lines.map(({ section: _section, says: _says, ...line }) => line),
  };
  return { report: { ...report, seal: sealOf(report) }, lines };
}

/** What a machine has seen to be wrong is wrong, whoever signs. */
function lineOf(
  { id, section, what, judge = () => person('no machine knows') }: ReadinessItem,
  facts: ReadinessFacts,
  signature: Signature | undefined,
): JudgedLine {
  const { result, says } = judge(facts);
  if (result !== 'person') return { id, section, what, result, says };
  if (signature === undefined) {
    const mend = `perpilot readiness sign ${id} --by NAME`;
    return { id, section, what, result: 'failed', says: `${says}; sign it when it is so: ${mend}` };
  }
  const { by, on, note } = signature;
  const words = note === '' ? says : `${says}; ${note}`;
  return { id, section, what, result: 'signed', signedBy: by, signedOn: on, says: words };
}

/** Text inside a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/** The report for people. */
export function readinessMarkdown({ report, lines }: JudgedReadiness): string {
  const { result, createdAt, account, codeVersion: version, configHash } = report;
  const failed = lines.filter((line) => line.result === 'failed').length;
  const tables = SECTIONS.flatMap((section) => [
    '',
    `## ${section[0].toUpperCase()}${section.slice(1)}`,
    '',
    '| Item | What | Result | Seen |',
    '| --- | --- | --- | --- |',
    ...lines
      .filter((line) => line.section === section)
      .map(({ id, what, result: of, signedBy, signedOn, says }) => {
        const shown = of === 'signed' ? `signed by ${signedBy ?? ''} on ${signedOn ?? ''}` : of;
        return `| ${id} | ${cell(what)} | ${shown} | ${cell(says)} |`;
      }),
  ]);
  return `${[
    `# Readiness: ${result}`,
    '',
    `Of ${isoTime(Math.floor(createdAt / 1_000) * 1_000)} UTC, for account ${account}, perpilot ${version}, settings ${configHash.slice(0, 12)}.`,
    `${lines.length} items, ${failed} failed. It holds for seven days, for this account, these settings and this version.`,
    ...tables,
  ].join('\n')}\n`;
}
