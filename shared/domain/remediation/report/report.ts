import type { Outcome } from '../entry';
import type { ReasonCode } from '../reasons';
import type { ReportLine, ReportOutcome } from './reportLine';

/** A run as a report begins with it: what the API shows of it. Times are ISO 8601, UTC. */
export type ReportRun = {
  readonly id: string;
  readonly kind: string;
  readonly phase: string;
  readonly dryRun: boolean;
  readonly askedBy: string | null;
  readonly reason: string;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly trouble: string | null;
  readonly writes: number;
  readonly vms: { readonly found: number } & Readonly<Record<Outcome, number>>;
};

/** Which VMs are told of; `null`: all. */
export type ReportFilter = {
  readonly outcome: ReportOutcome | null;
  readonly reason: ReasonCode | null;
};

/**
 * One form of the report, written piece by piece: head, then the VMs of each batch, then foot. It
 * holds a count or two between them and no VM, so that 50,000 take as little memory as forty.
 */
export type ReportWriter = {
  head(): string;
  vms(lines: readonly ReportLine[]): string;
  foot(end: ReportEnd): string;
};

/** `isWhole`: the run is over, and every batch could be read. */
export type ReportEnd = { readonly isWhole: boolean };

/** Is this VM told of? */
export function isMeant({ outcome, reason }: ReportLine, filter: ReportFilter): boolean {
  return (
    (filter.outcome === null || filter.outcome === outcome) &&
    (filter.reason === null || filter.reason === reason)
  );
}

/** What people take for granted, and is not so: said in every report. */
export const loginRoleNote =
  'Owner and Contributor do not log in: signing in to a VM takes the role Virtual Machine ' +
  'Administrator Login or Virtual Machine User Login, at the VM or above it.';
