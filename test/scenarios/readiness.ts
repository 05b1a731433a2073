import { estateOf, vmId } from '../../local/estate';
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
