import type { Now } from '../instant';
import { pauseAfter } from '../reaction';
import type { Knowledge } from './knowledge';
import { nsgGoneAfterMs } from './pace';
import type { Step } from './step';
import type { Placement } from './windowRow';

/**
 * The NSG answers 404. That proves nothing: it may have been moved to another group, its rules with
 * it, or the answer may be stale. So the rule is searched by its name; only a name that is found
 * nowhere for ten minutes has gone with its NSG.
 */
export function missingStep(placement: Placement, knowledge: Knowledge, now: Now): Step {
  const { search } = knowledge;
  if (search === null) return { do: 'search' };
  const since = placement.nsgMissingSince ?? now.hostMs;
  switch (search.kind) {
    case 'found':
      return { do: 'follow', nsgId: search.nsgId };
    case 'failed':
      return {
        do: 'noteMissing',
        since,
        until: now.hostMs + pauseAfter(search.fault, 'close', 9),
      };
    case 'nowhere':
      return now.hostMs - since >= nsgGoneAfterMs
        ? { do: 'proveClosed', at: now.hostMs, kind: 'nsgGone' }
        : { do: 'noteMissing', since, until: now.hostMs + 30_000 };
  }
}
