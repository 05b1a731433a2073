import type { Now } from '../instant';
import type { Approval, KnownPerson } from './papers';
import type { WindowRow } from './windowRow';

type Approvable = Pick<WindowRow, 'approval' | 'concludedAt'>;

/** Nobody has said anything yet: nothing of it is planned, and nothing opens. */
export function isAwaiting(row: Approvable): boolean {
  return row.concludedAt === null && row.approval?.answer === null;
}

export function isApproved({ approval }: Pick<WindowRow, 'approval'>): boolean {
  return approval?.answer?.kind === 'approved';
}

/** When the clock of the window began: with the approval, where one was needed. Host clock. */
export function beginningOf(row: Pick<WindowRow, 'approval' | 'createdAt'>): number {
  const { approval, createdAt } = row;
  return approval?.answer?.kind === 'approved' ? approval.answer.at : createdAt;
}

/** Is the time over in which it could be approved? */
export function isTooLateToApprove({ approval }: Pick<WindowRow, 'approval'>, now: Now): boolean {
  return approval !== undefined && now.hostMs >= approval.expiresAt;
}

/**
 * Another person than the one who asked? The same object id is the same person in whatever tenant,
 * and who is of another tenant is nobody here.
 */
export function isSecondPerson(
  { requester }: Pick<Approval, 'requester'>,
  { objectId, tenantId }: KnownPerson,
): boolean {
  return (
    objectId !== '' &&
    objectId.toLowerCase() !== requester.objectId.toLowerCase() &&
    tenantId.toLowerCase() === requester.tenantId.toLowerCase()
  );
}
