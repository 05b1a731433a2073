import Table from 'cli-table3';
import type { WindowView } from '../../shared/contract/windowView';
import { refusalLines } from './judgeReply';
import type { Session } from './session';
import { plain, shortTime, timeText } from './words';

type Colours = Session['colours'];

/** A window in lines for people: what it lets in, until when, and each rule with its proofs. */
export function windowText(view: WindowView, now: number, colours: Colours): string {
  const { person, source, ports, vms, activation, ticket } = view;
  const isOver = view.outcome !== null;
  const facts: [string, string][] = [
    ['machines', vms.map(({ name }) => plain(name, 80)).join(', ')],
    ['ports', ports.map((port) => plain(port, 40)).join(', ')],
    ['from', `${source.prefixes.map((one) => plain(one, 60)).join(', ')}, ${plain(source.wonBy)}`],
    ['person', `${plain(person.name, 80)} ${plain(person.mail, 120)}`],
    ['reason', plain(view.reason)],
    ['ticket', plain(ticket)],
    ['granted by', `rule ${plain(view.policyRule)}`],
    ['until', timeText(view.until, now)],
    ['closing', isOver ? '' : `begins ${timeText(view.closingBegins, now)}`],
    ['role ends', isOver || activation === null ? '' : timeText(activation.endAt, now)],
    ['stands on', claimText(view)],
    ['approval', approvalText(view, now)],
    ['ended', plain(view.outcome ?? view.closeReason ?? '')],
  ];
  const shown = facts.filter(([, text]) => text !== '');
  return [
    `Window ${view.id} is ${phaseText(view.phase, colours)}`,
    ...shown.map(([label, text]) => `  ${label.padEnd(10)} ${text}`),
    ...view.rules.map((rule) => `  ${'rule'.padEnd(10)} ${ruleText(rule)}`),
    ...refusalLines(view.refusals),
  ].join('\n');
}

function claimText({ claim }: WindowView): string {
  if (claim === null) return '';
  return `${claim.kind === 'breakGlass' ? 'BREAK-GLASS' : 'on call'}, group ${plain(claim.group, 80)}`;
}

function approvalText({ approval }: WindowView, now: number): string {
  if (approval === null) return '';
  const { answer, expiresAt } = approval;
  if (answer === null) return `awaited until ${timeText(expiresAt, now)}`;
  const by = plain(answer.by.name === '' ? answer.by.objectId : answer.by.name, 120);
  return `${answer.kind} by ${by}${answer.remark === '' ? '' : `: ${plain(answer.remark)}`}`;
}

/** One line for each window. */
export function listText(windows: readonly WindowView[], now: number, colours: Colours): string {
  if (windows.length === 0) return 'No windows.';
  const table = new Table({
    head: ['window', 'phase', 'machines', 'person', 'from', 'until'],
    style: { head: [], border: [], compact: true },
  });
  for (const { id, phase, vms, person, source, until } of windows) {
    table.push([
      id,
      phaseText(phase, colours),
      someOf(vms.map(({ name }) => name)),
      plain(person.name, 30),
      someOf(source.prefixes),
      timeText(until, now),
    ]);
  }
  return table.toString();
}

/** The calls that a dry run would make. */
export function callsText({ calls = [] }: WindowView): string {
  if (calls.length === 0) return 'Nothing was done. It would send nothing to Resource Manager.';
  const lines = calls.map(({ method, url }) => `  ${method} ${plain(url, 2_000)}`);
  return ['Nothing was done. It would send:', ...lines].join('\n');
}

function phaseText(phase: string, colours: Colours): string {
  const text = phase.toUpperCase();
  if (phase === 'open') return colours.green(text);
  if (phase === 'refused') return colours.red(text);
  return phase === 'closed' ? colours.dim(text) : colours.yellow(text);
}

function ruleText({ nsg, name, phase, openedAt, goneAt, closedAt }: WindowView['rules'][number]) {
  const proofs = [
    openedAt === null ? '' : `open since ${shortTime(openedAt)}`,
    goneAt === null ? '' : `gone since ${shortTime(goneAt)}`,
    closedAt === null ? '' : `proved gone for good ${shortTime(closedAt)}`,
  ].filter((text) => text !== '');
  const place = plain(nsg.slice(nsg.lastIndexOf('/') + 1), 80);
  const isProved = phase === 'open' || phase === 'gone' || phase === 'closed';
  const told = isProved && proofs.length > 0 ? proofs : [plain(phase, 20), ...proofs];
  return `${plain(name, 80)} in ${place}: ${told.join(', ')}`;
}

function someOf(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).map((text) => plain(text, 40));
  const more = texts.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}
