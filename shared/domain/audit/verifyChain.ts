import { type AuditRecord, type ChainEnd, isSound, parseRecord, startOf } from './auditRecord';

/** One line of a file; `isWhole`: a line break came after it. */
export type Line = { readonly text: string; readonly isWhole: boolean };

/** What is wrong with the first record that does not fit. */
export type ChainFaultKind =
  /** Not JSON, or not what a record looks like. */
  | 'notARecord'
  /** It does not say what it said when it was written. */
  | 'edited'
  | 'removed'
  | 'reordered'
  | 'inserted'
  /** It belongs to another chain. */
  | 'otherChain'
  /** The file ends in the middle of it. */
  | 'cut';

export type ChainFault = {
  /** From 1, in the lines that were given. */
  readonly line: number;
  readonly kind: ChainFaultKind;
  /** In one sentence each. */
  readonly what: string;
  readonly next: string;
};

export type ChainReading = {
  /** `null` where there is no record that can be read. */
  readonly chain: string | null;
  /** How many lines were read, those behind the fault included. */
  readonly read: number;
  /** The last record that fits. */
  readonly last: AuditRecord | null;
  /** What the first record does not fit with; `null`: the chain is intact as far as it goes. */
  readonly fault: ChainFault | null;
};

type Problem = {
  readonly line: number;
  readonly kind: Exclude<ChainFaultKind, 'removed' | 'reordered' | 'inserted'> | 'outOfPlace';
  readonly expected: ChainEnd;
  readonly found: AuditRecord | null;
  /** Of the lines behind it: is the one that was expected among them, and this one once more? */
  comesLater: boolean;
  comesAgain: boolean;
};

/**
 * Walks the lines of one chain, or of a part of it that goes on `after` an earlier one, and says
 * which record is the first that does not fit. It reads to the end all the same, since only what
 * comes later tells a record that was moved from one that is missing. `onRecord` is told of each
 * record that fits. What was cut off at the end as whole records does not show here: the chain of
 * the day tells.
 */
export async function verifyChain(
  lines: AsyncIterable<Line> | Iterable<Line>,
  after: ChainEnd | null = null,
  onRecord: (record: AuditRecord) => void = () => undefined,
): Promise<ChainReading> {
  let read = 0;
  let last: AuditRecord | null = null;
  let end = after;
  let problem: Problem | null = null;
  for await (const line of lines) {
    read += 1;
    const record = parseRecord(line.text);
    if (problem !== null) {
      lookFurther(problem, record);
      continue;
    }
    end ??= record === null ? null : startOf(record.chain);
    problem = judge(line, record, end, read);
    if (problem !== null || record === null) continue;
    onRecord(record);
    last = record;
    end = record;
  }
  return {
    chain: end?.chain ?? null,
    read,
    last,
    fault: problem === null ? null : faultOf(problem),
  };
}

const nowhere: ChainEnd = { chain: '', sequence: 0, hash: '' };

function judge(
  { isWhole }: Line,
  found: AuditRecord | null,
  end: ChainEnd | null,
  line: number,
): Problem | null {
  const expected = end ?? nowhere;
  const problem = (kind: Problem['kind']): Problem => {
    return { line, kind, expected, found, comesLater: false, comesAgain: false };
  };
  if (!isWhole) return problem('cut');
  if (found === null) return problem('notARecord');
  if (!isSound(found)) return problem('edited');
  if (found.chain !== expected.chain) return problem('otherChain');
  return isNext(found, expected) ? null : problem('outOfPlace');
}

function isNext({ sequence, previous }: AuditRecord, end: ChainEnd): boolean {
  return sequence === end.sequence + 1 && previous === end.hash;
}

function lookFurther(problem: Problem, record: AuditRecord | null): void {
  if (record === null || record.chain !== problem.expected.chain || !isSound(record)) return;
  if (isNext(record, problem.expected)) problem.comesLater = true;
  if (record.hash === problem.found?.hash) problem.comesAgain = true;
}

function faultOf(problem: Problem): ChainFault {
  const { line } = problem;
  const kind = problem.kind === 'outOfPlace' ? outOfPlace(problem) : problem.kind;
  return { line, kind, what: whatOf(kind, problem), next: nextOf[kind] };
}

/** A sound record of this chain that does not follow the one before it. */
function outOfPlace({ expected, found, comesLater, comesAgain }: Problem): ChainFaultKind {
  const sequence = found?.sequence ?? 0;
  if (sequence <= expected.sequence) return 'inserted';
  if (sequence === expected.sequence + 1) return comesLater ? 'inserted' : 'edited';
  if (!comesLater) return 'removed';
  return comesAgain ? 'inserted' : 'reordered';
}

function whatOf(kind: ChainFaultKind, { expected, found }: Problem): string {
  const wanted = expected.sequence + 1;
  const is = found?.sequence ?? wanted;
  switch (kind) {
    case 'notARecord':
      return `Where record ${wanted} should stand there is no record.`;
    case 'cut':
      return `The file ends in the middle of record ${wanted}.`;
    case 'edited':
      return found !== null && isSound(found)
        ? `Record ${is} does not follow the record before it: one of the two was replaced.`
        : `Record ${is} was changed after it was written: its hash does not tell what it says.`;
    case 'removed':
      return is - wanted === 1
        ? `Record ${wanted} is missing.`
        : `Records ${wanted} to ${is - 1} are missing.`;
    case 'reordered':
      return `Record ${is} stands before record ${wanted}.`;
    case 'inserted':
      return `Record ${is} stands here although record ${wanted} should.`;
    case 'otherChain':
      return `Record ${is} belongs to another chain.`;
  }
}

const fetchAgain = 'Fetch the blob again from the container and compare the two.';
const nextOf: Readonly<Record<ChainFaultKind, string>> = {
  notARecord: fetchAgain,
  cut: 'Fetch the blob again: the copy may have been broken off.',
  edited: fetchAgain,
  removed: `${fetchAgain} If its first part was left out, give all parts of the chain.`,
  reordered: fetchAgain,
  inserted: fetchAgain,
  otherChain: `${fetchAgain} The records of a chain stand together in a file: put no others between them.`,
};
