import type { WriteRecord } from '../azure/contract';
import type { DeliveryRecord } from '../azure/eventGrid/types';
import type { Received } from '../azure/notices/types';
import type { LocalAzure } from '../localAzure';
import type { Printer } from './printer';

/** Tells what the network itself sees, and what disturbs it. */
export function narrateAzure(azure: LocalAzure, printer: Printer): void {
  const told = new Map<number, string>();
  azure.resourceManager.writeLog.onRecord((record) => {
    const sentence = sentenceFor(record);
    if (sentence === null || told.get(record.sequence) === sentence) return;
    told.set(record.sequence, sentence);
    printer.say('network', sentence, { record });
  });
  azure.notices.onReceived((message) => narrateNotice(message, printer));
  narrateFaults(azure, printer);
}

/** All four are told of the same: people read what Teams says, and who else has refused. */
function narrateNotice({ sink, status, title }: Received, printer: Printer): void {
  if (status >= 400) printer.say('notices', `${sink} refuses a notice: ${status}.`);
  else if (sink === 'teams' && title !== '') printer.say('notices', `Teams is told: ${title}.`);
}

function sentenceFor(record: WriteRecord): string | null {
  const match = /\/networkSecurityGroups\/([^/]+)\/securityRules\/([^/?]+)$/i.exec(record.path);
  if (match === null) return null;
  const [, nsg = '', rule = ''] = match;
  const what = `${record.method} ${rule} in ${nsg} by ${record.caller.name}`;
  if (record.status >= 400) return `${what}: refused, ${record.status} ${record.code ?? ''}`.trim();
  if (record.effectiveAt === undefined) return null;
  const at = record.effectiveAt.slice(11, 21);
  return `${what}: ${record.after === null ? 'gone' : 'in force'} since ${at}`;
}

/** What strikes often is told the first time, and whenever its number has doubled. */
function narrateFaults({ resourceManager, eventGrid }: LocalAzure, printer: Printer): void {
  const told = new Map<string, number>();
  const isNews = (name: string, count: number): boolean => {
    const before = told.get(name) ?? 0;
    if (count === 0 || count < before * 2) return false;
    told.set(name, count);
    return true;
  };
  let seen = 0;
  const timer = setInterval(() => {
    for (const [name, count] of resourceManager.faults.struck) {
      if (isNews(name, count)) printer.say('azure', `Fault ${name} has struck ${count} times.`);
    }
    const deliveries = eventGrid.deliveries();
    for (const one of deliveries.slice(seen)) if (!one.copy) narrateDelivery(one, printer);
    seen = deliveries.length;
    const copies = deliveries.filter(({ copy }) => copy).length;
    if (isNews('copies', copies)) {
      printer.say('events', `Fault duplicate-events: ${copies} copies delivered so far.`);
    }
  }, 200);
  timer.unref();
}

function narrateDelivery(record: DeliveryRecord, printer: Printer): void {
  const { operationName, subscription, outcome, status, reason } = record;
  const operation = operationName.replace('Microsoft.Authorization/', '');
  const how = outcome === 'delivered' ? `${status ?? 'taken'}` : `${outcome}, ${reason ?? status}`;
  printer.say('events', `Event Grid delivers ${operation} to ${subscription}: ${how}.`, { record });
}
