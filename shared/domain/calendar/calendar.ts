import { subscriptionOf } from '../armId';
import type { LiveClose } from '../live';
import { deleteTokens } from './guard';
import {
  fitsBucket,
  fitsPeriod,
  newTrack,
  note,
  overlapping,
  type Stretch,
  type Track,
} from './tracks';

/**
 * What the network provider takes, writes and deletes together, per subscription and region
 * (https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling).
 */
export const networkPeriod = { seconds: 300, most: 1_000 } as const;

/** Closes by subscription, by subscription and region, and by NSG. */
export type Calendar = {
  /** Puts a close in, whether it fits or not. `at` is epoch ms, its first DELETE. */
  book(closes: readonly LiveClose[], at: number): void;
  /**
   * The latest moment from `earliest` to `latest` at which this close fits beside those that are
   * booked; `null` if there is none. Epoch ms; whole seconds but for `latest` itself.
   */
  latestFit(closes: readonly LiveClose[], latest: number, earliest: number): number | null;
};

/** Closes farther away than this, on either side, take nothing from those in the calendar. */
const marginSeconds = 2 * networkPeriod.seconds;

/**
 * An empty calendar for closes that begin between two moments, epoch ms, in which one delete takes
 * `deleteMs` of its NSG's time.
 */
export function createCalendar(deleteMs: number, fromMs: number, toMs: number): Calendar {
  const span = {
    from: Math.floor(fromMs / 1_000) - marginSeconds,
    to: Math.ceil(toMs / 1_000) + marginSeconds,
  };
  const subscriptions = new Map<string, Track>();
  const regions = new Map<string, Track>();
  const groups = new Map<string, Stretch[]>();
  const deleteSeconds = Math.max(1, Math.ceil(deleteMs / 1_000));

  const stretchOf = ({ rules }: LiveClose, second: number): Stretch => ({
    from: second,
    to: second + rules * deleteSeconds,
  });

  /** The next earlier second worth trying; the second itself if it fits. */
  const tried = (parts: Parts, second: number): number => {
    for (const close of parts.closes) {
      const wanted = stretchOf(close, second);
      const taken = overlapping(groups.get(close.nsgId) ?? [], wanted);
      if (taken !== undefined) return taken.from - (wanted.to - wanted.from);
    }
    const fits =
      [...parts.bySubscription].every(([key, more]) =>
        fitsBucket(trackOf(subscriptions, key, span), second, more, deleteTokens),
      ) &&
      [...parts.byRegion].every(([key, more]) =>
        fitsPeriod(trackOf(regions, key, span), second, more, networkPeriod),
      );
    return fits ? second : second - 1;
  };

  return {
    book: (closes, at) => {
      const second = Math.floor(at / 1_000);
      if (second < span.from || second >= span.to) return;
      const parts = partsOf(closes);
      for (const [key, more] of parts.bySubscription) {
        note(trackOf(subscriptions, key, span), second, more);
      }
      for (const [key, more] of parts.byRegion) note(trackOf(regions, key, span), second, more);
      for (const close of parts.closes) {
        const taken = groups.get(close.nsgId) ?? [];
        taken.push(stretchOf(close, second));
        groups.set(close.nsgId, taken);
      }
    },
    latestFit: (closes, latest, earliest) => {
      const parts = partsOf(closes);
      let second = Math.floor(latest / 1_000);
      while (second * 1_000 >= earliest || second === Math.floor(latest / 1_000)) {
        const next = tried(parts, second);
        if (next === second) break;
        second = next;
      }
      const at = second === Math.floor(latest / 1_000) ? latest : second * 1_000;
      return at >= earliest ? at : null;
    },
  };
}

type Parts = {
  readonly closes: readonly LiveClose[];
  readonly bySubscription: ReadonlyMap<string, number>;
  readonly byRegion: ReadonlyMap<string, number>;
};

/** By the row's own list: the same thousand rows are put into a calendar again and again. */
const known = new WeakMap<readonly LiveClose[], Parts>();

function partsOf(closes: readonly LiveClose[]): Parts {
  const parts = known.get(closes) ?? sumUp(closes);
  known.set(closes, parts);
  return parts;
}

function sumUp(closes: readonly LiveClose[]): Parts {
  const lower = closes.map((close) => ({ ...close, nsgId: close.nsgId.toLowerCase() }));
  const bySubscription = new Map<string, number>();
  const byRegion = new Map<string, number>();
  for (const { nsgId, region, rules } of lower) {
    const subscription = subscriptionOf(nsgId);
    const key = `${subscription} ${region.toLowerCase()}`;
    bySubscription.set(subscription, (bySubscription.get(subscription) ?? 0) + rules);
    byRegion.set(key, (byRegion.get(key) ?? 0) + rules);
  }
  return { closes: lower, bySubscription, byRegion };
}

function trackOf(tracks: Map<string, Track>, key: string, span: Stretch): Track {
  const found = tracks.get(key);
  if (found !== undefined) return found;
  const track = newTrack(span);
  tracks.set(key, track);
  return track;
}
