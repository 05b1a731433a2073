import type * as z from 'zod';
import type { ReviewRow } from '../domain/review';
import { cleanText } from '../domain/text';
import type { reviewSchema } from './viewSchemas';

/** What the API shows of a review. Texts are cleaned again, as everywhere. */
export function reviewView(row: ReviewRow): z.output<typeof reviewSchema> {
  const { id, usedBy, closed } = row;
  return {
    window: id,
    state: closed === null ? 'open' : 'closed',
    usedBy: {
      objectId: usedBy.objectId,
      name: cleanText(usedBy.name, 120),
      mail: cleanText(usedBy.mail, 200),
    },
    reason: cleanText(row.reason, 500),
    policyRule: cleanText(row.policyRule, 120),
    vms: row.vmIds.map((vmId) => cleanText(vmId, 500)),
    openedAt: new Date(row.openedAt).toISOString(),
    closed: closed && {
      by: closed.by.objectId,
      at: new Date(closed.at).toISOString(),
      remark: cleanText(closed.remark, 500),
    },
    self: `/api/windows/${id}/review`,
  };
}
