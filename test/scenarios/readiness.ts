import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Estate, estateOf, vmId } from '../../local/estate';
import { loginExtension } from '../../local/estateConnect';
import { withBastion } from '../support/bastionEstate';
import { groups } from '../../local/tenant';
import { type Story, stories, workPolicy } from '../support/stories';

/** Cleo audits, and Ben runs the remediation. */
const policy = `${workPolicy}
auditors: [${groups.auditors.objectId}]
remediation: { operators: { groups: [${groups.platform.objectId}] } }
`;

type Fact = { readonly part: string; readonly state: string; readonly what: string };
type Readiness = { readonly state: string; readonly facts: readonly Fact[] };

describe('somebody who wants to know whether a VM is ready', () => {
  const { begin } = stories();
  const estate = withBastion(
    estateOf({
      vms: [
        { name: 'vm-ready', extensions: [loginExtension('Windows')], computerName: 'WIN-01' },
        { name: 'vm-bare', osType: 'Linux' },
      ],
    }),
  );

  it('is told what it has, who may sign in, and that nothing was written', async () => {
    const story = await begin({ estate, policy });
    story.activate({ minutes: 30 });
    await story.seconds(20);
    const before = story.azure.resourceManager.writeLog.records.length;
    const ready = await readiness(story, 'vm-ready');
    expect(stateOf(ready, 'extension')).toBe('ok');
    expect(stateOf(ready, 'power')).toBe('ok');
    expect(fact(ready, 'loginRoles').what).toMatch(/^1 may sign in as administrator/);
    expect(stateOf(ready, 'bastion')).toBe('ok');
    expect(['ok', 'missing']).toContain(stateOf(ready, 'bastionToVm'));
    const bare = await readiness(story, 'vm-bare');
    expect(bare.state).toBe('notReady');
    expect(fact(bare, 'extension').what).toContain('AADSSHLoginForLinux is not installed');
    expect(story.azure.resourceManager.writeLog.records).toHaveLength(before);
    await story.minutes(31);
    expect(story.reasons()).toEqual([]);
  });

  it('has the whole estate for a spreadsheet', async () => {
    const story = await begin({ estate, policy });
    const { status, body } = await get(story, 'readiness.csv');
    const lines = body.trimEnd().split('\r\n');
    expect([status, lines.length]).toEqual([200, 3]);
    expect(body).toContain(vmId('vm-ready'));
  });

  describe('about local accounts', () => {
    const [accounts, administrators] = [
      'f79fef0d-0050-4c18-a303-5babb9c14ac7',
      '3d2a3320-2a72-4c67-ac5f-caa40fbee2b2',
    ].map((guid) => `/providers/Microsoft.Authorization/policyDefinitions/${guid}`);
    const names = ['vm-found', 'vm-fine', 'vm-admins', 'vm-nobody', 'vm-other'];
    const judged: Estate = {
      ...estateOf({ vms: names.map((name) => ({ name })) }),
      policyStates: [
        [`vm-found`, accounts, 'NonCompliant'],
        [`vm-found`, administrators, 'Compliant'],
        [`vm-fine`, accounts, 'Compliant'],
        [`vm-admins`, administrators, 'Compliant'],
        [`vm-other`, '/providers/Microsoft.Authorization/policyDefinitions/other', 'NonCompliant'],
      ].map(([name = '', definitionId = '', state = '']) => ({
        // The index has ids in whatever case Policy wrote them.
        vmId: vmId(name).toUpperCase(),
        definitionId,
        state,
      })),
    };
    const told = [
      ['vm-found', 'missing'],
      ['vm-fine', 'ok'],
      ['vm-admins', 'notAssessed'],
      ['vm-nobody', 'notAssessed'],
      ['vm-other', 'notAssessed'],
    ];

    it('is told what Azure Policy last found, of one VM and of all', async () => {
      const story = await begin({ estate: judged, policy });
      for (const [name = '', state] of told) {
        expect([name, stateOf(await readiness(story, name), 'localAccounts')]).toEqual([
          name,
          state,
        ]);
        // Four queries each: the rest of Azure's fifteen in five seconds is kept for closing.
        await story.seconds(5);
      }
      expect(await accountsInCsv(story)).toEqual(new Map(told as [string, string][]));
    });

    it('is told nothing where the app may not read it', async () => {
      const story = await begin({ estate: judged, policy, roles: { opener: unreading() } });
      const states = [...(await accountsInCsv(story)).values()];
      expect(states).toEqual(names.map(() => 'notAssessed'));
      expect(stateOf(await readiness(story, 'vm-found'), 'localAccounts')).toBe('notAssessed');
    });
  });

  it('is a person whom policy names, or who owns the VM: nobody else', async () => {
    const story = await begin({ estate, policy });
    const statuses = await Promise.all(
      ['cleo', 'ben', 'ada', 'sam', 'gus'].map(async (as) => {
        const { status } = await get(story, path('vm-ready'), as);
        return [as, status];
      }),
    );
    expect(statuses).toEqual([
      ['cleo', 200],
      ['ben', 200],
      ['ada', 404],
      ['sam', 404],
      ['gus', 403],
    ]);
  });
});

/** The opener's role without the right to read states of policies. */
function unreading() {
  const file = join(__dirname, '../../infra/roles/opener.json');
  const role = JSON.parse(readFileSync(file, 'utf8')) as { Name: string; Actions: string[] };
  const Actions = role.Actions.filter((one) => !one.startsWith('Microsoft.PolicyInsights/'));
  expect(Actions).toHaveLength(role.Actions.length - 1);
  return { ...role, Actions };
}

async function accountsInCsv(story: Story): Promise<Map<string, string>> {
  const { body } = await get(story, 'readiness.csv');
  const rows = body
    .trimEnd()
    .split('\r\n')
    .map((line) => line.slice(1, -1).split('","'));
  const [name, state] = ['name', 'localAccounts'].map((column) => rows[0]?.indexOf(column) ?? -1);
  return new Map(rows.slice(1).map((cells) => [cells[name ?? -1] ?? '', cells[state ?? -1] ?? '']));
}

const path = (name: string): string => `readiness?vm=${encodeURIComponent(vmId(name))}`;

async function get(story: Story, wanted: string, as = 'cleo') {
  const { origin } = story.host().address;
  const headers = { 'x-local-persona': as };
  const answer = await story
    .host()
    .http({ method: 'GET', url: `${origin}/api/${wanted}`, headers });
  return { status: answer.status, body: String(answer.body) };
}

async function readiness(story: Story, name: string): Promise<Readiness> {
  const { status, body } = await get(story, path(name));
  expect(status).toBe(200);
  return JSON.parse(body) as Readiness;
}

function fact({ facts }: Readiness, part: string): Fact {
  const found = facts.find((one) => one.part === part);
  if (found === undefined) throw new Error(`Nothing is said of ${part}.`);
  return found;
}

function stateOf(told: Readiness, part: string): string {
  return fact(told, part).state;
}
