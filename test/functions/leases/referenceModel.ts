import { limits, minute } from '../../support/windowWorld';

/**
 * Which rules should exist now, said as simply as it can be said: one lease a person, on the same
 * machine and port. The port is open while at least one lease lives; no lease knows of another.
 */
export type Lease = {
  readonly until: number;
  /** Its rules were read as standing: only then may it be extended. */
  readonly isProved: boolean;
  /** Its end was asked for. */
  readonly isClosed: boolean;
  readonly activationEnd: number;
};

/** Leases by person. */
export type Leases = readonly (Lease | null)[];

/** What is asked of one person's lease. Times in epoch ms. */
export type Operation =
  | {
      readonly kind: 'activate';
      readonly person: number;
      readonly until: number;
      readonly activationEnd: number;
    }
  | { readonly kind: 'extend'; readonly person: number; readonly until: number }
  | { readonly kind: 'close'; readonly person: number };

/** What was answered: `changed`, `same`, `notFound`, or a refusal's code. */
export type Answered = { readonly operation: Operation; readonly answer: string };

/** The answers that a lease may give to an operation at a time, each with what follows from it. */
function answersOf(
  lease: Lease | null,
  operation: Operation,
  now: number,
): Map<string, Lease | null> {
  if (operation.kind === 'activate') {
    if (lease !== null) return new Map([['same', lease]]);
    const { until, activationEnd } = operation;
    return new Map([['changed', { until, activationEnd, isProved: false, isClosed: false }]]);
  }
  if (lease === null) return new Map([['notFound', null]]);
  const closeFrom = lease.until - limits.guardMs;
  if (operation.kind === 'close') {
    const closed = { ...lease, isClosed: true };
    if (lease.isClosed) return new Map([['same', closed]]);
    // From its guard on it is closing by itself, and says so when it has come that far.
    const isOver = now >= closeFrom;
    return new Map(
      isOver
        ? [
            ['changed', closed],
            ['same', closed],
          ]
        : [['changed', closed]],
    );
  }
  return extendAnswers(lease, operation.until, now);
}

function extendAnswers(lease: Lease, until: number, now: number): Map<string, Lease> {
  const only = (answer: string): Map<string, Lease> => new Map([[answer, lease]]);
  const lastPut = lease.until - limits.guardMs - limits.settleMs;
  if (lease.isClosed) return only('extendClosing');
  if (now > lastPut) {
    const codes = [
      'extendClosing',
      'extendTooLate',
      'extendNotLater',
      'extendPastActivation',
      'same',
    ];
    return new Map(codes.map((code) => [code, lease]));
  }
  if (!lease.isProved) return only('extendNotOpen');
  if (until === lease.until) return only('same');
  if (until < lease.until) return only('extendNotLater');
  if (until > lease.activationEnd) return only('extendPastActivation');
  const extended = new Map([['changed', { ...lease, until }]]);
  // The PUT before must be unable to land any more, and this one leave in time.
  if (now > lastPut - limits.settleMs - minute) extended.set('extendTooLate', lease);
  return extended;
}

/** How leases look in the system: what a sequential order must end in. */
export type Seen = readonly ({ readonly until: number; readonly isClosed: boolean } | null)[];

/**
 * True where some order of these operations, all asked at once, explains every answer and ends in
 * what is seen: they are linearizable. That a lease is proved may happen at any moment among them.
 */
export function isExplained(
  before: Leases,
  operations: readonly Answered[],
  now: number,
  seen: Seen,
): boolean {
  if (operations.length === 0 && matches(before, seen)) return true;
  const proved = before.findIndex((lease) => lease !== null && !lease.isProved && !lease.isClosed);
  if (proved >= 0) {
    const after = before.map((lease, at) =>
      at === proved && lease !== null ? { ...lease, isProved: true } : lease,
    );
    if (isExplained(after, operations, now, seen)) return true;
  }
  return operations.some(({ operation, answer }, at) => {
    const answers = answersOf(before[operation.person] ?? null, operation, now);
    const next = answers.get(answer);
    if (next === undefined) return false;
    const after = before.map((lease, person) => (person === operation.person ? next : lease));
    return isExplained(after, operations.toSpliced(at, 1), now, seen);
  });
}

function matches(leases: Leases, seen: Seen): boolean {
  return leases.every((lease, at) => {
    const one = seen[at] ?? null;
    if (lease === null || one === null) return lease === one;
    // What is closed has no later deadline: an extend that came before it is dropped.
    return lease.isClosed === one.isClosed && (lease.isClosed || lease.until === one.until);
  });
}

/** Should a rule of this lease stand at this time? `either`: on its way from one to the other. */
export function mayStand(
  lease: Lease | null,
  isClosing: boolean,
  now: number,
): 'yes' | 'no' | 'either' {
  if (lease === null) return 'no';
  if (now >= lease.until) return 'no';
  if (lease.isClosed || isClosing || now >= lease.until - limits.guardMs || !lease.isProved)
    return 'either';
  return 'yes';
}
