import { sendMs, settleMs } from '../units';
import { type History, mayLand, type SentPut } from './history';
import type { Circumstances, Violation } from './judge';

/**
 * A PUT with another content waits until every earlier one can land no more: what lands last
 * stands, and nobody can tell which that is. What was refused lands never.
 */
export function otherContentFaults(
  { puts }: Pick<History, 'puts'>,
  { afflictions }: Pick<Circumstances, 'afflictions'>,
): Violation[] {
  // Another clock counts otherwise, and a new ledger knows of no earlier PUT.
  if (afflictions.some(({ group }) => group === 'clock' || group === 'ledger')) return [];
  const landing = puts.filter(mayLand);
  return landing.flatMap((put, at) => {
    const earlier = landing.find((one, first) => first < at && isUnderWay(one, put));
    if (earlier === undefined) return [];
    const seconds = Math.round((put.atMs - earlier.atMs) / 1_000);
    const what = `${put.path.split('/').at(-1) ?? ''}: another content ${seconds} s after the first`;
    return [{ invariant: 'other content waits', what, atMs: put.atMs }];
  });
}

function isUnderWay(earlier: SentPut, { path, body, atMs }: SentPut): boolean {
  return earlier.path === path && earlier.body !== body && atMs - earlier.atMs < settleMs - sendMs;
}
