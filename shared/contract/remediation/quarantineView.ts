import type * as z from 'zod';
import type { CloudName } from '../../domain/remediation/endpoints';
import { reasons } from '../../domain/remediation/reasons';
import { failureWords } from '../../domain/remediation/report/failureWords';
import type { StandingRow } from '../../domain/remediation/standing';
import { cleanText } from '../../domain/text';
import type { quarantinedSchema } from './remediationSchemas';

/** A VM in quarantine as the API shows it. */
export type QuarantinedView = z.output<typeof quarantinedSchema>;

const textMax = 500;

/** What the API shows of a VM that is left alone since it failed too often. */
export function quarantineView(row: StandingRow, cloud: CloudName): QuarantinedView {
  const { id, vmId, failures, reason, error } = row;
  const words = error === null ? null : failureWords(error, { family: 'unknown', cloud });
  return {
    id,
    vm: clean(vmId),
    name: clean(vmId.slice(vmId.lastIndexOf('/') + 1)),
    failures,
    lastFailureAt: isoOf(row.lastFailureAt),
    quarantinedAt: isoOf(row.quarantinedAt ?? row.lastFailureAt),
    reason,
    what: reasons[reason].text,
    error: error && {
      status: error.status,
      code: clean(error.code),
      message: clean(error.message),
    },
    cause: words?.cause ?? '',
    next: words?.next ?? reasons[reason].next,
    retry: words?.retry ?? '',
    look: [...(words?.look ?? [])],
    release: `/api/quarantine/${id}/release`,
  };
}

function clean(text: string): string {
  return cleanText(text, textMax);
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}
