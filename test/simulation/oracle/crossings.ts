import type { Crossing } from '../boundaries';
import { watchAnnounced } from './announced';
import { type AuditWatch, watchAudited } from './audited';
import { watchWishes } from './wishWrites';

/** Everybody who judges by what crosses the boundaries. */
export function watchWrites(): AuditWatch {
  const [wishes, announced, audited] = [watchWishes(), watchAnnounced(), watchAudited()];
  return {
    chains: audited.chains,
    begins: (crossing: Crossing) => {
      for (const one of [wishes, announced, audited]) one.begins(crossing);
    },
    faults: (history, circumstances) => [
      ...wishes.faults(circumstances.plan),
      ...announced.faults(circumstances.plan),
      ...audited.faults(history, circumstances),
    ],
  };
}
