import { startSuccessor } from '../../functions/activities/startSuccessor';
import { createStarter } from '../../functions/starter';
import { Fault } from '../../shared/domain/fault';

const input = { id: 'w1', successor: 0 };

function starterThat(startNew: () => Promise<string>) {
  const asked: unknown[] = [];
  const starter = createStarter({
    startNew: (...parts: unknown[]) => {
      asked.push(parts);
      return startNew();
    },
  });
  return { asked, starter };
}

describe('starting a sleeper', () => {
  it('starts it under the id it was given', async () => {
    const { asked, starter } = starterThat(async () => 'w1');
    expect(await starter.start('accessWindow', 'w1', input)).toBe('started');
    expect(asked).toEqual([['accessWindow', { instanceId: 'w1', input }]]);
  });

  it('is content when it is running already', async () => {
    const { starter } = starterThat(async () => {
      throw new Error(
        'The operation failed with an unexpected status code: 409. Details: {"Message":"An Orchestration instance with the status Running already exists."}',
      );
    });
    expect(await starter.start('accessWindow', 'w1', input)).toBe('running');
  });

  it('throws a fault for everything else', async () => {
    const { starter } = starterThat(async () => {
      throw new Error('The operation failed with an unexpected status code: 500. Details: x');
    });
    const failed = starter.start('accessWindow', 'w1', input);
    await expect(failed).rejects.toBeInstanceOf(Fault);
    await expect(failed).rejects.toMatchObject({ facts: { kind: 'unavailable', status: 500 } });
  });

  it('numbers successors, so that starting one twice is starting it once', async () => {
    const { asked, starter } = starterThat(async () => 'x');
    await startSuccessor(starter, { name: 'accessWindow', id: 'w1', successor: 2 });
    expect(asked).toEqual([
      ['accessWindow', { instanceId: 'w1-s2', input: { id: 'w1', successor: 2 } }],
    ]);
  });
});
