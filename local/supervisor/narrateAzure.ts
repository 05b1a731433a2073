import type { WriteRecord } from '../azure/contract';
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
  narrateFaults(azure, printer);
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

/** Faults are counted where they strike; the story tells of the first and of round numbers. */
function narrateFaults({ resourceManager, eventGrid }: LocalAzure, printer: Printer): void {
  const told = new Map<string, number>();
  const timer = setInterval(() => {
    for (const [name, count] of resourceManager.faults.struck) {
      if ((told.get(name) ?? 0) === 0 || count >= (told.get(name) ?? 0) * 2) {
        told.set(name, count);
        printer.say('azure', `Fault ${name} has struck ${count} times.`);
      }
    }
    const copies = eventGrid.deliveries().filter(({ copy }) => copy).length;
    if (copies > 0 && copies >= (told.get('copies') ?? 0) * 2) {
      told.set('copies', copies);
      printer.say('events', `Fault duplicate-events: ${copies} copies delivered so far.`);
    }
  }, 500);
  timer.unref();
}
