import { hashId } from '../identity';
import type { RemediationAsk } from './ask';
import { askedRun } from './newRun';
import type { RemediationRow } from './remediationRow';

/** What somebody asks for, read and normalised: scopes in lower case, sorted, each once. */
export type AskedFor = {
  readonly scopes: readonly string[];
  readonly dryRun: boolean;
  /** Cleaned. */
  readonly justification: string;
};

/** Id of the run that a person asks for with a key: asked twice it is one run. */
export function askedRunId(callerId: string, key: string): string {
  return `asked-${hashId(`remediation|${callerId.toLowerCase()}|${key}`)}`;
}

/** The row of a run that is asked for at `askedAt`, with the words it was asked for in. */
export function rowAskedFor(
  id: string,
  askedBy: string,
  { justification, ...asked }: AskedFor,
  askedAt: number,
): RemediationRow {
  const start = { kind: 'start', schema: 1, id, askedBy, askedAt, ...asked } as const;
  return { ...askedRun(start), justification };
}

/** The message that has a run begun, made of its row: the same however often it is sent. */
export function startAsk(row: RemediationRow): RemediationAsk {
  const { id, askedBy, createdAt: askedAt, scopes, dryRun } = row;
  return { kind: 'start', schema: 1, id, askedBy, askedAt, scopes, dryRun };
}

/** Was this run asked for by the same body? */
export function isAskedFor(row: RemediationRow, asked: AskedFor): boolean {
  return (
    row.dryRun === asked.dryRun &&
    (row.justification ?? '') === asked.justification &&
    row.scopes.length === asked.scopes.length &&
    row.scopes.every((scope, at) => scope === asked.scopes[at])
  );
}
