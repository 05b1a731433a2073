import { cleanText } from '../../text';
import { decodeFailure, type FailedOn } from '../decodeFailure';
import type { EntryError } from '../entry';
import type { Retry } from '../failure';

/** An error in words: what it means, what to do, when again, and where the VM says more. */
export type FailureWords = {
  readonly cause: string;
  readonly next: string;
  readonly retry: Retry;
  readonly look: readonly string[];
};

const textMax = 500;
const placesMax = 10;

/** What is told of an error, clean and short: files first, then commands and logs of events. */
export function failureWords(error: EntryError, on: FailedOn): FailureWords {
  const { cause, next, retry, look } = decodeFailure(error, on);
  const places = look === null ? [] : [...look.files, ...look.commands, ...look.eventLogs];
  return {
    cause: cleanText(cause, textMax),
    next: cleanText(next, textMax),
    retry,
    look: places.slice(0, placesMax).map((place) => cleanText(place, textMax)),
  };
}
