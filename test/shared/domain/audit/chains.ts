import {
  type AuditFacts,
  type AuditRecord,
  lineOf,
  recordAfter,
  startOf,
} from '../../../../shared/domain/audit/auditRecord';
import { link } from '../../../../shared/domain/audit/link';
import type { Line } from '../../../../shared/domain/audit/verifyChain';
import { factsOf } from '../../audit/facts';

/** A chain of so many records, one line each. */
export function chainOf(
  length: number,
  chain = 'abc123/windows/2026/01/31/w1',
  changes: Partial<AuditFacts> = {},
): string[] {
  const facts = Array.from({ length }, (_, index) => factsOf(`s${index}`, changes));
  return link(startOf(chain), facts).records.map(lineOf);
}

/** Lines as a whole file gives them. */
export function wholeLines(lines: readonly string[]): Line[] {
  return lines.map((text) => ({ text, isWhole: true }));
}

/** The same record with something else in it, and a hash that agrees with it. */
export function forged(line: string, changes: Partial<AuditRecord>): string {
  const record = { ...(JSON.parse(line) as AuditRecord), ...changes };
  const end = { chain: record.chain, sequence: record.sequence - 1, hash: record.previous };
  const facts = { ...record, at: Date.parse(record.at) } as unknown as AuditFacts;
  return lineOf(recordAfter(end, facts));
}
