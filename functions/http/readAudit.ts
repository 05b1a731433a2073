import type { HttpResponseInit } from '@azure/functions';
import { type AuditQuery, auditQuery } from '../../shared/contract/auditQuery';
import { plainHeaders, problem } from '../../shared/contract/problem';
import { lastSegment } from '../../shared/domain/armId';
import { auditCsvHead, auditCsvRow } from '../../shared/domain/audit/auditCsv';
import { type AuditRecord, parseRecord } from '../../shared/domain/audit/auditRecord';
import type { Caller } from '../../shared/domain/caller/caller';
import type { AuditLine } from '../../shared/ports/audit';
import type { World } from '../../shared/ports/world';
import type { CallerHandler } from './asCaller';

/** More lines than this are not put into one answer. */
const linesMax = 20_000;

/**
 * `GET /api/audit`: the records of all windows that were made in a period, of one person, VM or
 * window if they are named: JSON lines as they are stored, or CSV. For auditors alone.
 */
export function readAudit(world: World): CallerHandler {
  return async ({ url }, caller) => {
    if (!isAuditor(world, caller)) return notAnAuditor();
    const asked = auditQuery(new URL(url).searchParams, world.clock.now());
    if ('detail' in asked) {
      return problem('badQuery', 'The query is not understood.', asked.detail);
    }
    const lines: string[] = [];
    for await (const chain of chainsOf(world, asked)) {
      if (!chain.some(({ line }) => isMeant(parseRecord(line), asked))) continue;
      lines.push(...chain.map(({ line }) => line));
      if (lines.length > linesMax) return tooMuch();
    }
    return asked.format === 'csv' ? asCsv(lines) : text('application/jsonl', joined(lines));
  };
}

/** A member of a group that policy names; nobody while policy cannot be read. */
export function isAuditor({ opening }: Pick<World, 'opening'>, { groups }: Caller): boolean {
  const named = 'policy' in opening ? opening.policy.overseers.auditorGroups : [];
  return named.some((group) => groups.includes(group));
}

/** The answer to everybody else. */
export function notAnAuditor(): HttpResponseInit {
  return problem(
    'notAnAuditor',
    'The audit is for members of a group that policy names as auditors.',
    'Ask the owner of the policy; GET /api/windows/{id} tells the story of a window of yours.',
  );
}

/** The answer to who asks for more than is held in memory. */
export function tooMuch(): HttpResponseInit {
  return problem(
    'auditTooLarge',
    'There are more records in this period than one answer may hold.',
    'Ask for a shorter one, or take the files of the container.',
  );
}

/** The lines of one chain after the other: they come in the order of chains. */
async function* chainsOf(
  { audit }: World,
  { from, to, window }: AuditQuery,
): AsyncGenerator<AuditLine[]> {
  const period = { from, to, ...(window === null ? {} : { windowId: window }) };
  let chain: AuditLine[] = [];
  for await (const line of audit.list(period)) {
    if (chain[0] !== undefined && chain[0].chain !== line.chain) {
      yield chain;
      chain = [];
    }
    chain.push(line);
  }
  if (chain.length > 0) yield chain;
}

/** A window is shown whole where one of its records is about whom or what is asked for. */
function isMeant(record: AuditRecord | null, { person, vm }: AuditQuery): boolean {
  if (person === null && vm === null) return true;
  if (record === null) return false;
  const { who, what } = record;
  const named = what['vmIds'];
  const vms = typeof named === 'object' && named !== null ? named : [];
  const isPerson = person === null || who.id.toLowerCase() === person;
  const isVm = vm === null || vms.some((id) => id.toLowerCase() === vm || lastSegment(id) === vm);
  return isPerson && isVm;
}

function asCsv(lines: readonly string[]): HttpResponseInit {
  const records = lines.map(parseRecord).filter((record) => record !== null);
  return text('text/csv', auditCsvHead + records.map(auditCsvRow).join(''));
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function text(type: string, body: string): HttpResponseInit {
  const headers = { ...plainHeaders, 'content-type': `${type}; charset=utf-8` };
  return { status: 200, headers, body };
}
