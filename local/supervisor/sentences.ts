type Fields = Record<string, unknown>;
type Sentence = (fields: Fields) => string;

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((item) => text(item)).join(', ');
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

const short = (id: unknown): string => text(id).slice(text(id).lastIndexOf('/') + 1);
const time = (iso: unknown): string => text(iso).slice(11, 21);
const window = (fields: Fields): string => `window ${text(fields['windowId']).slice(0, 6)}`;

/** What each event of the app means, in words. */
const sentences: Record<string, Sentence> = {
  'hint.received': (f) =>
    f['from'] === 'reconcile'
      ? 'finds by itself what no event told of; a hint, not yet believed'
      : `hears of a role assignment (${text(f['kind'])}); a hint, not yet believed`,
  'hint.repeat': () => 'hears the same event again: nothing new',
  'hint.malformed': (f) => `is sent something that is no event: ${text(f['code'])}`,
  'address.kept': () => 'remembers the address that the activation was asked from',
  'intake.confirmed': () => 'confirmed with PIM: activated, active now, with an end',
  'intake.refused': (f) => `refused ${text(f['code'])}: ${text(f['rule'])} ${text(f['next'])}`,
  'intake.stopped': (f) => `looked, and stopped: ${text(f['outcome'])}`,
  'intake.fault': (f) => `could not look yet: ${text(f['azureCode'] ?? f['faultKind'])}`,
  'window.granted': (f) =>
    `granted ${window(f)} by rule ${text(f['policyRule'])}: from ${text(f['sources'])} ` +
    `(${text(f['wonBy'])}), until ${time(f['until'])}`,
  'window.planned': (f) =>
    `plans in ${short(f['nsgId'])}: allow ${text(f['sources'])} to ${text(f['destinations'])} ` +
    `ports ${text(f['ports'])}, priority ${text(f['priority'])}`,
  'window.targetRefused': (f) => `opens nothing for ${short(f['vmId'])}: ${text(f['rule'])}`,
  'rule.putAccepted': (f) => `rule accepted by ${short(f['nsgId'])}`,
  'rule.open': (f) => `rule in ${short(f['nsgId'])} read back: it stands, and is effective`,
  'window.open': (f) => `${window(f)} is OPEN, until ${time(f['until'])}`,
  'window.closeWished': (f) => `${window(f)} is to be closed: ${text(f['reason'])}`,
  'window.closing': (f) => `${window(f)} closes: ${text(f['reason'])}`,
  'rule.deleteAccepted': (f) => `delete accepted by ${short(f['nsgId'])}`,
  'rule.gone': (f) => `rule read as gone from ${short(f['nsgId'])}; watching for a late write`,
  'rule.closed': (f) => `rule proved gone from ${short(f['nsgId'])} at ${time(f['provedAt'])}`,
  'window.closed': (f) => `${window(f)} is CLOSED, proved at ${time(f['concludedAt'])}`,
  'window.refused': (f) => `${window(f)} never opened: ${text(f['outcome'])}`,
  'sweep.deleted': (f) => `the sweep deletes a due rule from ${short(f['nsgId'])}`,
  'remediation.started': () => 'the timer begins a night',
  'remediation.merged': () => 'a night goes on, and the start of the next one is merged into it',
  'remediation.begun': (f) =>
    `begins: ${
      f['dryRun'] === true
        ? 'a dry run'
        : Number(f['dryScopes']) > 0
          ? 'a first night, in which nothing is written'
          : 'for real'
    }`,
  'remediation.asked': () => 'has the wish on record, and asks the remediator by its queue',
  'remediation.done': (f) =>
    `is done, with ${text(f['writes'])} writes and ${text(f['reads'])} reads`,
  'window.overdue': (f) => `nobody looked after ${window(f)}: reconcile does`,
};

/** Things that go well all the time and tell nothing. */
const silent = new Set([
  'sweep.done',
  'reconcile.done',
  'notices.done',
  'notice.sent',
  'hint.ignored',
  'address.forgotten',
]);

/** A sentence for a line of the app's log; `null` for what is not worth a line. */
export function sentenceOf(event: string, fields: Fields): string | null {
  if (silent.has(event)) return null;
  const sentence = sentences[event];
  if (fields['alarm'] === true) return `ALARM ${event}: ${detailsOf(fields)}`;
  if (sentence !== undefined) return sentence(fields);
  return `${event} ${detailsOf(fields)}`.trim();
}

function detailsOf(fields: Fields): string {
  const without = new Set(['event', 'time', 'level', 'alarm', 'runbook', 'personId']);
  return Object.entries(fields)
    .filter(([name, value]) => !without.has(name) && value !== null)
    .map(([name, value]) => `${name} ${name.endsWith('Id') ? short(value) : text(value)}`)
    .join(', ');
}
