/** A stretch of time in epoch seconds, the end not included. */
export type Stretch = { readonly from: number; readonly to: number };

/** How many calls fall into each second of a stretch of time; what lies outside is not kept. */
export type Track = { readonly from: number; readonly counts: Int32Array; total: number };

export function newTrack({ from, to }: Stretch): Track {
  return { from, counts: new Int32Array(Math.max(0, to - from)), total: 0 };
}

export function note(track: Track, second: number, count: number): void {
  const at = second - track.from;
  if (at < 0 || at >= track.counts.length) return;
  track.counts[at] = countAt(track, second) + count;
  track.total += count;
}

function countAt({ from, counts }: Track, second: number): number {
  return counts[second - from] ?? 0;
}

/**
 * Do `more` calls in this second keep within a token bucket that is full at the beginning? So they
 * do if no stretch of time around it holds more than the bucket plus what flows into it meanwhile.
 */
export function fitsBucket(
  track: Track,
  second: number,
  more: number,
  { burst, perSecond }: { readonly burst: number; readonly perSecond: number },
): boolean {
  if (track.total + more <= burst) return true;
  const before = heaviest(track, second, -1, perSecond);
  const after = heaviest(track, second, 1, perSecond);
  return before + countAt(track, second) + more + after <= burst;
}

/** The most by which calls on one side of a second outrun what flows into the bucket meanwhile. */
function heaviest(track: Track, second: number, step: 1 | -1, perSecond: number): number {
  // Farther away the inflow outweighs all calls there are.
  const reach = Math.ceil(track.total / perSecond);
  let sum = 0;
  let most = 0;
  for (let away = 1; away <= reach; away++) {
    sum += countAt(track, second + step * away);
    const surplus = sum - perSecond * away;
    if (surplus > most) most = surplus;
  }
  return most;
}

/** Do `more` calls in this second leave no period with more than `most`, wherever it begins? */
export function fitsPeriod(
  track: Track,
  second: number,
  more: number,
  { seconds, most }: { readonly seconds: number; readonly most: number },
): boolean {
  if (track.total + more <= most) return true;
  let sum = 0;
  for (let at = second - seconds + 1; at <= second; at++) sum += countAt(track, at);
  let largest = sum;
  for (let end = second + 1; end < second + seconds; end++) {
    sum += countAt(track, end) - countAt(track, end - seconds);
    if (sum > largest) largest = sum;
  }
  return largest + more <= most;
}

/** The first stretch that overlaps; `undefined` where the NSG is free. */
export function overlapping(taken: readonly Stretch[], wanted: Stretch): Stretch | undefined {
  return taken.find(({ from, to }) => from < wanted.to && wanted.from < to);
}
