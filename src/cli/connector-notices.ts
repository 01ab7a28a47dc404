// What does a running bot hear of its connection although nothing failed? A remark for people, and what is unknown for the session.
import type { ConnectorNotice, NoticeListener } from '../adapters/ccxt/notice.ts';
import type { UnknownWord } from '../live/session/unknown-word.ts';

export interface ConnectorNotices {
  readonly listener: NoticeListener;
  /** From now on `heard` is told of what is unknown, at once of what came before, and `jumped` of clocks that jump. */
  tellTo(heard: (word: UnknownWord) => void, jumped: (jump: ClockJump) => void): void;
}

type ClockJump = Extract<ConnectorNotice, { readonly kind: 'clock-jumped' }>;

export function connectorNotices(remark: (text: string) => void): ConnectorNotices {
  const waiting: UnknownWord[] = [];
  let tell = (word: UnknownWord): void => void waiting.push(word);
  let tellJump = (jump: ClockJump): void => remark(noticeText(jump));
  return {
    listener(notice) {
      const { kind } = notice;
      if (kind === 'code-unknown') tell({ kind, name: notice.venueCode, words: notice.words });
      else if (kind === 'field-unknown') tell({ kind, name: `${notice.of} ${notice.name}`, words: 'in a reply' });
      else if (kind === 'clock-jumped') tellJump(notice);
      else remark(noticeText(notice));
    },
    tellTo(heard, jumped) {
      tell = heard;
      tellJump = jumped;
      for (const word of waiting.splice(0)) heard(word);
    },
  };
}

/** What is unknown is not here: the session makes an incident of it. */
function noticeText(notice: Exclude<ConnectorNotice, { readonly kind: UnknownWord['kind'] }>): string {
  if (notice.kind === 'budget-unshared') return `requests of other processes are not counted: ${notice.reason}`;
  return `the clock ${notice.whose === 'own' ? 'of this machine' : 'of the venue'} jumped by ${notice.byMs} ms`;
}
