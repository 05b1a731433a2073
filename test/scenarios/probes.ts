import { type Story, stories } from '../support/stories';
import { health, redParts } from '../support/sweeperStories';

describe('whoever asks how the app is', () => {
  const { begin } = stories();

  it('is told that this is not Azure, and that the rest is in order', async () => {
    const story = await begin();
    await story.seconds(20);
    expect(await health(story)).toMatchObject({
      status: 'red',
      azure: { ok: false, notAzure: ['ARM_ENDPOINT', 'LOGIN_ENDPOINT', 'AzureWebJobsStorage'] },
    });
    expect(redParts(await health(story))).toEqual(['azure']);
  });

  it('is told that the tenant has no licence for PIM, and when it has one', async () => {
    const story = await begin();
    await story.seconds(20);
    story.azure.pim.knobs.licence = false;
    expect(await health(story)).toMatchObject({
      pim: { ok: false, azureCode: 'AadPremiumLicenseRequired', licence: 'missing' },
      resourceManager: { ok: true },
    });
    story.azure.pim.knobs.licence = true;
    await story.seconds(10);
    expect(redParts(await health(story))).toEqual(['azure']);
  });

  it('needs a key for more than one word, and no token for either', async () => {
    const story = await begin();
    await story.seconds(20);
    expect(await get(story, 'ready')).toEqual([503, '{"status":"red"}']);
    expect((await get(story, 'health'))[0]).toBe(401);
    expect((await get(story, 'windows'))[0]).toBe(401);
  });

  it('costs Resource Manager one list in ten seconds, however often it is asked', async () => {
    const lists: string[] = [];
    const story = await begin({
      onAnswer: ({ url }) => {
        if (url.includes('00000000-0000-0000-0000-000000000000')) lists.push(url);
      },
    });
    await story.seconds(20);
    for (let probes = 0; probes < 200; probes += 1) await get(story, 'ready');
    expect(lists).toHaveLength(1);
    await story.seconds(10);
    await get(story, 'ready');
    expect(lists).toHaveLength(2);
  });
});

async function get(story: Story, path: string): Promise<[status: number, body: string]> {
  const url = `${story.host().address.origin}/api/${path}`;
  const headers = { 'x-local-persona': 'nobody' };
  const { status, body } = await story.host().http({ method: 'GET', url, headers });
  return [status, String(body)];
}
