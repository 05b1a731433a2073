import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AlarmName, alarms } from '../../../shared/domain/alarms';
import { createLog } from '../../../shared/log';

const root = join(__dirname, '..', '..', '..');
const folder = join(root, 'docs', 'runbooks');
const names = Object.keys(alarms) as AlarmName[];
const runbook = (name: string): string => readFileSync(join(folder, `${name}.md`), 'utf8');

const sections = ['What it means', 'What to look at', 'What to do', 'When it is over'];

/** The commands of the Azure command line that runbooks may name. */
const azure = [
  'az account show',
  'az functionapp config appsettings list',
  'az functionapp restart',
  'az functionapp show',
  'az graph query',
  'az lock list',
  'az monitor activity-log list',
  'az network nsg rule delete',
  'az network nsg rule list',
  'az rest',
  'az role assignment list',
];

/** Where each alarm is raised in a test that watches for it. */
const raisedIn: Readonly<Record<AlarmName, string>> = {
  closeRefused: 'scenarios/roles.ts',
  overrun: 'scenarios/editors.ts',
  ruleAfterClose: 'scenarios/resourceManager.ts',
  foreignRule: 'scenarios/editors.ts',
  copiedRule: 'scenarios/editors.ts',
  changedByOthers: 'scenarios/editors.ts',
  removedByOthers: 'scenarios/editors.ts',
  disarmed: 'scenarios/roles.ts',
  skew: 'functions/activities/advanceWindow.faults.test.ts',
  noticeUndelivered: 'scenarios/notices.test.ts',
  instanceFailed: 'scenarios/engine.ts',
  sweeperSilent: 'scenarios/sweeperWithMain.ts',
  budgetExhausted: 'shared/azure/meter.test.ts',
  closingDisabled: 'functions/doors.test.ts',
  openingsDisabled: 'scenarios/noWindow.ts',
  intakeFault: 'scenarios/roles.ts',
  intakeGivenUp: 'functions/intake/faults.test.ts',
  auditUnwritten: 'functions/activities/audit.test.ts',
  breakGlassUsed: 'functions/http/breakGlass.test.ts',
  voucherInvalid: 'functions/http/vouchers.test.ts',
  licenceMissing: 'scenarios/noWindow.ts',
};

describe('every alarm', () => {
  it.each(names)('%s has a runbook with the four sections, in order', (name) => {
    const text = runbook(name);
    expect(text.startsWith(`# ${name}: `)).toBe(true);
    const titles = [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    expect(titles).toEqual(sections);
    for (const part of text.split(/^## .+$/m).slice(1)) expect(part.trim()).not.toBe('');
  });

  it.each(names)('%s names only commands that exist', (name) => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const known = [...azure, 'curl -fsS', ...Object.keys(scripts).map((one) => `npm run ${one}`)];
    const commands = commandsOf(runbook(name));
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((one) => !known.some((start) => one.startsWith(`${start} `)))).toEqual(
      [],
    );
  });

  it.each(names)('%s is raised in a test', (name) => {
    const text = readFileSync(join(root, 'test', raisedIn[name]), 'utf8');
    expect(text).toContain(`'${name}'`);
  });

  it.each(names)('%s is a line with its severity, its meaning and its runbook', (name) => {
    const lines: string[] = [];
    createLog((line) => lines.push(line)).alarm(name, { severity: 'forged', runbook: 'forged' });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      event: name,
      alarm: true,
      runbook: name,
      ...alarms[name],
    });
  });
});

describe('the runbooks', () => {
  it('are those of the alarms and no others', () => {
    const files = readdirSync(folder).map((file) => file.replace(/\.md$/, ''));
    expect(files.toSorted()).toEqual(names.toSorted());
    expect(existsSync(join(folder, 'overrun.md'))).toBe(true);
  });
});

function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, body = '']) =>
    body.split('\n').filter((line) => line !== ''),
  );
}
