import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

/** Reads a recording of a real host; see `test/fixtures/durable/README.md`. */
export function recording(name: string): { [key: string]: Plain } {
  const path = join(__dirname, '../../fixtures/durable', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as { [key: string]: Plain };
}

const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)/g;
const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g;
const stacks = new Set(['RemoteStackTrace', 'StackTrace', 'StackTraceString']);

/** Takes out what differs between two runs of the same story: times, guids and stack traces. */
export function normalised(value: unknown): Plain {
  if (Array.isArray(value)) return value.map(normalised);
  if (typeof value === 'string') return normalisedText(value);
  if (value === null || typeof value !== 'object') return (value ?? null) as Plain;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.map(([key, field]) => [
      key,
      stacks.has(key) && field !== null ? '<stack>' : normalised(field),
    ]),
  );
}

function normalisedText(text: string): Plain {
  // Texts that hold a serialised .NET exception are compared field by field.
  const at = text.indexOf('{"$type"');
  if (at >= 0 && text.endsWith('}')) {
    return [normalisedText(text.slice(0, at)), normalised(JSON.parse(text.slice(at)))];
  }
  if (text.startsWith('{') && text.endsWith('}') && text.includes('{\\"$type')) {
    return normalised(JSON.parse(text));
  }
  // Recordings without the full host name the recorder's own assembly, `l2`, as the source.
  if (text === 'l2') return 'System.Private.CoreLib';
  if (text.endsWith('RpcException, l2')) {
    return text.replace(/l2$/, 'Microsoft.Azure.WebJobs.Script.WebHost');
  }
  const cut = text.indexOf('\nStack:');
  return (cut < 0 ? text : text.slice(0, cut)).replace(time, '<time>').replace(guid, '<guid>');
}

export type RecordedEpisode = { trigger: Plain; resultParsed: Plain };

/** The orchestrator episodes of a recording, in order. */
export function recordedEpisodes(list: Plain | undefined): RecordedEpisode[] {
  if (!Array.isArray(list)) throw new Error('The recording has no episodes.');
  return list
    .map((entry) => entry as unknown as Record<string, Plain>)
    .filter(({ kind }) => kind === 'orchestrator')
    .map((entry) => ({
      trigger: entry['trigger'] ?? null,
      resultParsed: entry['resultParsed'] ?? outOfProcData(entry['error'] ?? null),
    }));
}

/** What a failing orchestrator gave back: the record after a label in its error's message. */
function outOfProcData(error: Plain): Plain {
  const message = (error as { message?: string } | null)?.message ?? '';
  const data = /\$OutOfProcData\$:([\s\S]*)$/.exec(message)?.[1];
  return data === undefined ? null : (JSON.parse(data) as Plain);
}
