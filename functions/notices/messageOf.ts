import { refusalViews, windowView } from '../../shared/contract/windowView';
import type { Delivery, NoticesRow } from '../../shared/domain/notices/notice';
import { askCard, windowCard } from '../../shared/domain/notices/noticeCard';
import type { WindowRow } from '../../shared/domain/window/windowRow';
import type { NoticeMessage } from '../../shared/ports/notices';

/** One notice with the whole window as it stands now; `at`: epoch ms. */
export function messageOf(
  { notice: id, kind }: Delivery,
  { ask, row }: { readonly ask: NoticesRow['ask']; readonly row: WindowRow | null },
  linkBase: string,
  at: number,
): NoticeMessage {
  if (row !== null && kind !== 'remediated') {
    const view = windowView(row);
    const link = `${linkBase}${view.self}`;
    const card = windowCard(row, kind, at);
    return { id, kind, at, subject: `windows/${row.id}`, link, card, data: { window: view } };
  }
  if (ask === null) throw new Error('A notice is about a window or a request.');
  return {
    id,
    kind,
    at,
    subject: `requests/${id}`,
    link: `${linkBase}/api/windows`,
    card: askCard(ask),
    data: {
      request: {
        at: new Date(ask.at).toISOString(),
        person: { objectId: ask.personId, name: ask.personName },
        vms: ask.vms,
        reason: ask.reason,
        ticket: ask.ticket,
        refusal: ask.refusal,
        refusals: refusalViews({ refusals: ask.targets }),
      },
    },
  };
}
