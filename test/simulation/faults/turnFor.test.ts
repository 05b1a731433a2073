import { installClock, type SimulatedClock } from '../clock';
import { turnFor } from './turnFor';

/** The knobs at each of some seconds of a story that turns them. */
async function knobsAt(
  seconds: readonly number[],
  story: (turn: (changes: Partial<typeof usual>, from: number, to: number) => void) => void,
  calmFrom = Infinity,
): Promise<(typeof usual)[]> {
  const clock: SimulatedClock = installClock(0);
  try {
    const knobs = { ...usual };
    const stage = { clock, isCalm: () => clock.now() >= calmFrom * 1_000 };
    story((changes, from, to) => {
      clock.at(from * 1_000, () => turnFor(stage, knobs, changes, (to - from) * 1_000));
    });
    const seen: (typeof usual)[] = [];
    for (const second of seconds) {
      await clock.runUntil(second * 1_000);
      seen.push({ ...knobs });
    }
    return seen;
  } finally {
    clock.uninstall();
  }
}

const usual = { loss: 0, delay: 0 };

describe('knobs that are turned for a while', () => {
  it('are as they were afterwards', async () => {
    const seen = await knobsAt([1, 3, 6], (turn) => turn({ loss: 1 }, 2, 5));
    expect(seen).toEqual([usual, { ...usual, loss: 1 }, usual]);
  });

  it('stay turned for whoever turned them last, and for no longer', async () => {
    const seen = await knobsAt([3, 5, 9], (turn) => {
      turn({ loss: 1 }, 1, 4);
      turn({ loss: 0.5 }, 2, 8);
    });
    expect(seen.map(({ loss }) => loss)).toEqual([0.5, 0.5, 0]);
  });

  it('go back to whoever turned them first', async () => {
    const seen = await knobsAt([3, 5, 9], (turn) => {
      turn({ loss: 1 }, 1, 8);
      turn({ loss: 0.5, delay: 7 }, 2, 4);
    });
    expect(seen).toEqual([{ loss: 0.5, delay: 7 }, { loss: 1, delay: 0 }, usual]);
  });

  it('are not turned again once faults have stopped', async () => {
    const story = (turn: (changes: Partial<typeof usual>, from: number, to: number) => void) => {
      turn({ loss: 1 }, 1, 4);
      turn({ loss: 0.5 }, 2, 8);
    };
    const seen = await knobsAt([3, 5, 9], story, 3.5);
    expect(seen.map(({ loss }) => loss)).toEqual([0.5, 0, 0]);
  });
});
