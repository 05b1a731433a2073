import type { ArmPath } from './armPath';
import { parseArmPath } from './armPath';

/** A request's URL, taken apart. Shared by all requests that name it: nobody may change it. */
export type RequestUrl = {
  origin: string;
  /** As sent, still encoded. */
  pathname: string;
  /** The path as Resource Manager reads it; `undefined` where it cannot be decoded. */
  route: ArmPath | undefined;
  /** Names in lower case: Azure does not look at theirs. */
  query: URLSearchParams;
};

/** Clients ask for the same few resources again and again. */
const known = new Map<string, RequestUrl>();
const mostKnown = 5_000;

/** Takes an absolute URL apart; throws where it is none. */
export function readUrl(text: string): RequestUrl {
  const before = known.get(text);
  if (before !== undefined) return before;
  const { origin, pathname, searchParams } = new URL(text);
  const query = new URLSearchParams();
  for (const [name, value] of searchParams) query.append(name.toLowerCase(), value);
  const read = { origin, pathname, route: parseArmPath(pathname), query };
  if (known.size >= mostKnown) known.clear();
  known.set(text, read);
  return read;
}
