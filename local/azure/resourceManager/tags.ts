import { isRecord } from './http';

/** The tags of a body; `undefined` where it has none. */
export function readTags(json: unknown): Record<string, string> | undefined | 'unreadable' {
  if (!isRecord(json)) return 'unreadable';
  const raw = json['tags'];
  if (raw === undefined || raw === null) return undefined;
  if (!isRecord(raw)) return 'unreadable';
  const tags: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string') return 'unreadable';
    tags[name] = value;
  }
  return tags;
}
