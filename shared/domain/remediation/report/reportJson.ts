import type { ReasonCode } from '../reasons';
import { loginRoleNote, type ReportFilter, type ReportRun, type ReportWriter } from './report';
import type { ReportLine } from './reportLine';

/** The report as one JSON document: the run, the VMs, and at the end what they came to. */
export function reportJson(run: ReportRun, filter: ReportFilter): ReportWriter {
  const counts = new Map<ReasonCode, number>();
  let listed = 0;
  return {
    head: () => {
      const begun = JSON.stringify({ run, filter, note: loginRoleNote });
      return `${begun.slice(0, -1)},"vms":[`;
    },
    vms: (lines) => {
      for (const { reason } of lines) {
        if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
      }
      const texts = lines.map((line) => JSON.stringify(viewOf(line)));
      const comma = listed > 0 && texts.length > 0 ? ',\n' : '';
      listed += lines.length;
      return comma + texts.join(',\n');
    },
    foot: ({ isWhole }) => {
      const reasons = [...counts]
        .map(([reason, count]) => ({ reason, count }))
        .sort((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1));
      return `],"reasons":${JSON.stringify(reasons)},"listed":${listed},"isWhole":${isWhole}}\n`;
    },
  };
}

function viewOf({ endedAt, ...line }: ReportLine): object {
  return { ...line, endedAt: endedAt === null ? null : new Date(endedAt).toISOString() };
}
