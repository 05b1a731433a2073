import type { Caller } from '../caller/caller';
import type { Refusal } from '../refusal';
import type { Asked } from '../request/asked';
import { hashId } from '../identity';
import type { ReviewRow } from '../review';
import type { AuditFacts } from './auditRecord';

/** A request over HTTP, as it goes on record whatever comes of it. */
export type RecordedRequest = {
  readonly caller: Caller;
  readonly asked: Asked;
  readonly bodyHash: string;
  readonly policyVersion: string;
  /** Epoch ms. */
  readonly at: number;
};

/** That somebody asked for a window, with their own words. Sent twice it is one record. */
export function requestedFact(request: RecordedRequest): AuditFacts {
  const { caller, asked, bodyHash, policyVersion, at } = request;
  const ports = asked.portSets?.flatMap((set) =>
    set.ports.map((port) => `${set.protocol} ${port}`),
  );
  return {
    id: `requested:${bodyHash}`,
    step: 'requested',
    at,
    who: { id: caller.objectId, how: 'request' },
    what: {
      vmIds: asked.vms,
      ...(ports === undefined ? {} : { ports }),
      ...(asked.ticket === '' ? {} : { ticket: asked.ticket }),
    },
    why: asked.reason,
    policyVersion,
  };
}

/** That it was refused: the same request may be sent, and refused, again. */
export function requestRefusedFact(
  request: RecordedRequest,
  { code, rule, next }: Refusal,
): AuditFacts {
  const { caller, bodyHash, policyVersion, at } = request;
  return {
    id: `requestRefused:${hashId(`${bodyHash}|${code}`)}:${at}`,
    step: 'refused',
    at,
    who: { id: caller.objectId, how: 'request' },
    what: { refusal: code, next },
    why: rule,
    policyVersion,
  };
}

/** That somebody else has looked into a broken glass, and what they found. */
export function reviewedFact({ by, at, remark }: NonNullable<ReviewRow['closed']>): AuditFacts {
  const who = { id: by.objectId, how: 'request' } as const;
  return { id: 'reviewed', step: 'reviewed', at, who, what: {}, why: remark, policyVersion: '' };
}
