import { deleteP99Of, type DeleteSamples, withSample } from './domain/calendar/learnDeletes';
import type { DeleteTimes } from './ports/world';

/** Remembers how long deletes took, for as long as the process lives. */
export function createDeleteTimes(): DeleteTimes {
  let samples: DeleteSamples = [];
  return {
    note: (ms) => {
      samples = withSample(samples, ms);
    },
    p99Ms: () => deleteP99Of(samples),
  };
}
