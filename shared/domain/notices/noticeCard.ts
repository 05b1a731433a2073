import { maskSecrets } from '../maskSecrets';
import { cleanText } from '../text';
import { closingStartOf, deadlineOf } from '../window/deadline';
import { overrunMs } from '../window/overrun';
import { outcomeOf, windowPhase } from '../window/phase';
import type { WindowRow } from '../window/windowRow';
import type { RefusedAsk, WindowNoticeKind } from './notice';

/** One card as any chat can show it: a title of our own words, and lines of what others wrote. */
export type NoticeCard = {
  readonly title: string;
  /** `bad` asks for a person at once. */
  readonly tone: 'good' | 'plain' | 'warning' | 'bad';
  readonly lines: readonly CardLine[];
};

export type CardLine = readonly [label: string, value: string];

const valueMax = 300;
const itemsMax = 8;

/** The whole window as it stands at `now` (epoch ms), under the title of one notice. */
export function windowCard(row: WindowRow, kind: WindowNoticeKind, now: number): NoticeCard {
  const { title, tone } = headOf(row, kind, now);
  return { title, tone, lines: linesOf(row, now).filter(([, value]) => value !== '') };
}

/** The card of a request that was refused before there was a window. */
export function askCard(ask: RefusedAsk): NoticeCard {
  const { code, rule, next } = ask.refusal;
  const muted = ask.mutedBefore === 0 ? '' : `${ask.mutedBefore} more refusals were not told here`;
  const lines: CardLine[] = [
    ['Person', named(ask.personName, ask.personId)],
    ['Machines', listed(ask.vms)],
    ['Refused', plain(`${rule} (${code})`)],
    ['Next step', plain(next)],
    ...ask.targets.slice(0, itemsMax).map(refusedLine),
    ['Reason', plain(ask.reason)],
    ['Ticket', plain(ask.ticket)],
    ['At', clock(ask.at)],
    ['Before it', muted],
  ];
  const said = lines.filter(([, value]) => value !== '');
  return { title: 'A request for a window was refused', tone: 'warning', lines: said };
}

function headOf(
  row: WindowRow,
  kind: WindowNoticeKind,
  now: number,
): Pick<NoticeCard, 'title' | 'tone'> {
  const name = `Window ${row.id.slice(0, 6)}`;
  switch (kind) {
    case 'breakGlass':
      return { title: `BREAK-GLASS: ${name} was granted`, tone: 'bad' };
    case 'opened':
      return { title: `${name} is open`, tone: 'good' };
    case 'extended':
      return { title: `${name} was extended to ${clock(deadlineOf(row))}`, tone: 'good' };
    case 'closingIn10':
    case 'closingIn2':
      return { title: `${name} begins to close in ${minutesTo(row, now)}`, tone: 'warning' };
    case 'overrun':
      return { title: `OVERRUN: a rule of ${name} may have stood too long`, tone: 'bad' };
    case 'closed':
      return { title: `${name} ${endOf(row)}`, tone: 'plain' };
    case 'refused':
      return { title: `${name} was refused`, tone: 'warning' };
  }
}

/** `closed` is only said of rules that stood: each was read as gone. */
function endOf({ placements }: WindowRow): string {
  if (placements.every(({ lastPutAt }) => lastPutAt === null)) return 'ended without opening';
  if (placements.some(({ closedKind }) => closedKind === 'nsgGone')) {
    return 'is over: a network security group of it is gone';
  }
  return 'is closed, and proved to be';
}

function minutesTo(row: WindowRow, now: number): string {
  const minutes = Math.max(1, Math.round((closingStartOf(row) - now) / 60_000));
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}

function linesOf(row: WindowRow, now: number): CardLine[] {
  const { grant, refusals } = row;
  const { person, source, portSets, targets } = grant;
  const isOver = row.concludedAt !== null;
  const isRefused = windowPhase(row) === 'refused';
  const ports = portSets.flatMap(({ protocol, ports: of }) =>
    of.map((port) => `${protocol === '*' ? 'any' : protocol.toLowerCase()}/${port}`),
  );
  return [
    ['Person', named(person.name, person.objectId)],
    ['Machines', listed(targets.map(({ name }) => name))],
    ['Ports', listed(ports)],
    [
      'From',
      source.prefixes.length === 0 ? '' : `${listed(source.prefixes)}, ${plain(source.wonBy)}`,
    ],
    ['Reason', plain(grant.reason)],
    ['Ticket', plain(grant.ticket)],
    ['Decided by', decidedBy(row)],
    [grant.origin.kind === 'claim' ? 'Claim' : 'Activation', groundOf(row)],
    ['Approval', approvalOf(row)],
    ['Deadline', isRefused ? '' : clock(deadlineOf(row))],
    ['Closing begins', isOver ? '' : clock(closingStartOf(row))],
    ['Ended', isOver ? `${plain(outcomeOf(row))}, ${clock(row.concludedAt ?? now)}` : ''],
    ...row.placements.slice(0, itemsMax).map((placement): CardLine => {
      const late = overrunMs(row, placement, now);
      const beyond = late > 0 ? `; ${Math.ceil(late / 1_000)} s past the deadline` : '';
      return [`Rule in ${lastOf(placement.nsgId)}`, `${stateOf(placement)}${beyond}`];
    }),
    ...refusals.slice(0, itemsMax).map(refusedLine),
  ];
}

function stateOf({ phase, openedAt, goneAt, closedAt }: WindowRow['placements'][number]): string {
  if (closedAt !== null)
    return `read as gone ${clock(goneAt ?? closedAt)}, proved ${clock(closedAt)}`;
  if (goneAt !== null) return `read as gone ${clock(goneAt)}, watched for a late write`;
  return openedAt === null ? phase : `${phase}, proved open ${clock(openedAt)}`;
}

/** Who said yes or no: policy by one of its rules, on what PIM or a person had asked. */
function decidedBy({ grant }: WindowRow): string {
  const { policyRule, policyVersion, origin } = grant;
  const rule = policyRule === '' ? 'policy' : `rule ${policyRule}`;
  const asked = origin.kind === 'activation' ? 'an activation in PIM' : 'a request over HTTP';
  return plain(`${rule} of policy ${policyVersion.slice(0, 12)}, on ${asked}`);
}

function groundOf({ grant }: WindowRow): string {
  const { origin } = grant;
  if (origin.kind === 'claim') {
    const { kind, groupId } = origin.claim;
    return plain(
      `${kind === 'breakGlass' ? 'breaking the glass' : 'being on call'}, group ${groupId}`,
    );
  }
  const { roleDefinitionGuid, scope, endAt } =
    origin.kind === 'activation' ? origin : origin.activation;
  return plain(`role ${roleDefinitionGuid} on ${scope}, until ${clock(endAt)}`);
}

function approvalOf({ approval }: WindowRow): string {
  if (approval === undefined) return '';
  const { answer } = approval;
  if (answer === null) return 'awaited';
  return plain(`${answer.kind} by ${answer.name === '' ? answer.by.objectId : answer.name}`);
}

function refusedLine({ vmId, code, rule, next }: RefusedAsk['targets'][number]): CardLine {
  const which = vmId === '' ? 'Refused' : `Refused ${lastOf(vmId)}`;
  return [which, plain(`${rule} (${code}) ${next}`)];
}

function named(name: string, id: string): string {
  return name === '' ? plain(id) : plain(name);
}

function listed(items: readonly string[]): string {
  const shown = items.slice(0, itemsMax).map((item) => plain(item, 80));
  const more = items.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** The name at the end of a resource's id. */
function lastOf(id: string): string {
  return plain(id.slice(id.lastIndexOf('/') + 1), 80);
}

/** To the second, and short: `2026-03-01 10:02:03Z`. */
function clock(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}

/**
 * What somebody else wrote, as one harmless line: no secrets, no address that a chat would turn
 * into a link, no template that a card would fill in.
 */
function plain(text: string, lengthMax = valueMax): string {
  return cleanText(maskSecrets(text), lengthMax)
    .replaceAll('://', '[:]//')
    .replaceAll('{{', '{ {')
    .replaceAll('${', '$ {');
}
