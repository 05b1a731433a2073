import { hashId } from '../identity';
import type { RemediationRow } from '../remediation/remediationRow';
import type { StandingRow } from '../remediation/standing';
import type { AuditFacts } from './auditRecord';

/** That somebody asked for a run, with their own words. Told twice it is one record. */
export function remediationAskedFact(row: RemediationRow, policyVersion: string): AuditFacts {
  const { scopes, dryRun, justification = '' } = row;
  return {
    // Of two bodies that come at once with one key, both are on record.
    id: `remediationAsked:${hashId(JSON.stringify([scopes, dryRun, justification]))}`,
    step: 'remediationAsked',
    at: row.createdAt,
    who: { id: row.askedBy, how: 'request' },
    what: { scopes, dryRun: String(dryRun) },
    why: justification,
    policyVersion,
  };
}

/** What a write of an operator's is about, beside a run. */
export type OperatorWrite = {
  readonly by: string;
  /** Epoch ms. */
  readonly at: number;
  readonly why: string;
  readonly policyVersion: string;
};

/** That somebody asked for a run to end. The same person's word counts once. */
export function remediationCancelledFact({
  by,
  at,
  why,
  policyVersion,
}: OperatorWrite): AuditFacts {
  return {
    id: `remediationCancelled:${by}`,
    step: 'remediationCancelled',
    at,
    who: { id: by, how: 'request' },
    what: {},
    why,
    policyVersion,
  };
}

/** That a VM is let out of the quarantine that it is in. The same person's word counts once. */
export function quarantineReleasedFact(
  { vmId, quarantinedAt }: Pick<StandingRow, 'vmId' | 'quarantinedAt'>,
  { by, at, why, policyVersion }: OperatorWrite,
): AuditFacts {
  return {
    id: `quarantineReleased:${quarantinedAt ?? 0}:${by}`,
    step: 'quarantineReleased',
    at,
    who: { id: by, how: 'request' },
    what: { vmIds: [vmId] },
    why,
    policyVersion,
  };
}
