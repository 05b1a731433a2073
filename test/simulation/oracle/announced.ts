import type { PipelineRequest } from '@azure/core-rest-pipeline';
import type { Crossing } from '../boundaries';
import type { Plan } from '../plan';
import { sendMs } from '../units';
import { clockFaults } from './clockFaults';
import { pathOf } from './history';
import type { Violation } from './judge';

/** Listens to what rows announce, and to the PUTs that follow. */
export type AnnouncedWatch = {
  begins(crossing: Crossing): void;
  faults(plan: Plan): Violation[];
};

/** What a row that is written says of its rules, as far as it matters here. */
type Written = {
  readonly placements: readonly {
    readonly nsgId: string;
    readonly rule: { readonly name: string };
    readonly lastPutAt: number | null;
  }[];
};

/**
 * Each PUT was announced in its row, and not long before it was sent: whoever was frozen in between
 * sends nothing any more, since everybody else counts from the announcement.
 */
export function watchAnnounced(): AnnouncedWatch {
  const announcedAt = new Map<string, number>();
  const found: Violation[] = [];
  const hear = ({ placements }: Written): void => {
    for (const { nsgId, rule, lastPutAt } of placements) {
      const path = pathOf({ nsgId, name: rule.name });
      announcedAt.set(path, Math.max(lastPutAt ?? 0, announcedAt.get(path) ?? 0));
    }
  };
  const judge = (subject: string, atMs: number): void => {
    const ageMs = atMs - (announcedAt.get(subject.toLowerCase()) ?? 0);
    if (ageMs <= sendMs) return;
    const rule = subject.split('/').at(-1) ?? '';
    const what = `${rule} was put ${Math.round(ageMs / 1_000)} s after its row announced a PUT`;
    found.push({ invariant: 'a PUT is announced', what, atMs });
  };
  return {
    begins: ({ kind, name, subject, input, atMs }) => {
      if (kind === 'ledger' && /^windows\.(?:insert|replace)$/.test(name)) {
        hear((input as readonly unknown[])[0] as Written);
      } else if (kind === 'request' && name === 'put securityrules') {
        if ((input as PipelineRequest).method === 'PUT') judge(subject, atMs);
      }
    },
    // By a clock that is wrong, an announcement has another time.
    faults: ({ faults }) => (faults.some(({ kind }) => clockFaults.includes(kind)) ? [] : found),
  };
}
