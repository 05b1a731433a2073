import { deleteFloorMs } from './guard';

/** The last deletes that were seen through to their end, in milliseconds, oldest first. */
export type DeleteSamples = readonly number[];

/** So many are remembered: what was true last month says little about today. */
const samplesMax = 256;
/** Fewer say nothing about one in a hundred. */
const samplesMin = 20;
/** What took longer was read late, by a host that was away, and says nothing about the delete. */
const sampleMaxMs = 120_000;

/** The samples with one more: from DELETE accepted to the read that first lacked the rule. */
export function withSample(samples: DeleteSamples, ms: number): DeleteSamples {
  if (!Number.isFinite(ms) || ms < 0) return samples;
  return [...samples, Math.min(ms, sampleMaxMs)].slice(-samplesMax);
}

/** The time within which 99 of 100 deletes are done, never below the floor. */
export function deleteP99Of(samples: DeleteSamples): number {
  if (samples.length < samplesMin) return deleteFloorMs;
  const ascending = samples.toSorted((one, other) => one - other);
  const at = Math.min(ascending.length - 1, Math.ceil(ascending.length * 0.99) - 1);
  return Math.max(deleteFloorMs, ascending[at] ?? deleteFloorMs);
}
