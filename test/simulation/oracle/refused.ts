import type { Affliction } from '../stage';
import type { History } from './history';
import type { Circumstances, Violation } from './judge';

/** A plan reads and asks again for so long before it refuses. */
const readsMs = 90_000;
/** Resource Manager's own word for what is gone, or a body that is not its answer. */
const misled = /^(?:404 stale read|body truncated|HTML)$/;

/**
 * What is said of a machine that is refused is true of it: it is gone only where somebody took it
 * away, and it cannot be read only where more than one read of a plan failed.
 */
export function refusedFaults(
  { lines }: Pick<History, 'lines'>,
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  return lines.flatMap(({ atMs, fields }) => {
    if (fields['event'] !== 'window.targetRefused') return [];
    const felt = afflictions.filter((one) => one.atMs <= atMs && one.untilMs > atMs - readsMs);
    const isTrue = truths[String(fields['refusal'])];
    if (isTrue === undefined || isTrue(felt, before(afflictions, atMs))) return [];
    const { vmId, refusal } = fields;
    const what = `${String(vmId)} was refused as ${String(refusal)}, and was not`;
    return [{ invariant: 'a refusal is true', what, atMs }];
  });
}

type IsTrue = (felt: readonly Affliction[], ever: readonly Affliction[]) => boolean;

const truths: Readonly<Record<string, IsTrue>> = {
  vanished: (felt, ever) =>
    ever.some(({ group }) => group === 'editors') || felt.some(({ kind }) => misled.test(kind)),
  unreadable: (felt) => felt.length > 1 || felt.some(({ kind }) => /^429|for long|down/.test(kind)),
};

function before(afflictions: readonly Affliction[], atMs: number): Affliction[] {
  return afflictions.filter((one) => one.atMs <= atMs);
}
