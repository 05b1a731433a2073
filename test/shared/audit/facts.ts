import type { AuditFacts } from '../../../shared/domain/audit/auditRecord';

/** A moment of one day. */
export const day = Date.parse('2026-01-31T10:00:00.000Z');

/** What is told of one step, with an id of its own. */
export function factsOf(id: string, changes: Partial<AuditFacts> = {}): AuditFacts {
  return {
    id,
    step: 'planned',
    at: day,
    who: { id: '', how: 'app' },
    what: { rules: ['postern-abc123-x-0'], until: '2026-01-31T12:00:00.000Z' },
    why: '',
    policyVersion: 'v1',
    ...changes,
  };
}
