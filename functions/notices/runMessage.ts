import { runView } from '../../shared/contract/remediation/runView';
import type { Delivery } from '../../shared/domain/notices/notice';
import { runCard } from '../../shared/domain/notices/runCard';
import type { RemediationRow } from '../../shared/domain/remediation/remediationRow';
import type { RunNews } from '../../shared/domain/remediation/runNews';
import type { NoticeMessage } from '../../shared/ports/notices';

/** The notice of a run that is over, with a link to its report; `at`: epoch ms. */
export function runMessage(
  { notice: id, kind }: Delivery,
  row: RemediationRow,
  news: RunNews,
  linkBase: string,
  at: number,
): NoticeMessage {
  const run = runView(row, at);
  return {
    id,
    kind,
    at,
    subject: `remediations/${row.id}`,
    link: `${linkBase}${run.report}?format=html`,
    card: runCard(row, news),
    data: { run, lines: news },
  };
}
