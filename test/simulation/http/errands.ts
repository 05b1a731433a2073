import { diceOf } from '../dice';
import type { Stage } from '../stage';
import { createTokenBook, elsewhere, personOf, type TokenBook } from './callers';
import type { Errand } from './errand';
import { envelopeOf, meantId } from './post';

const attemptsMax = 4;
/** Doors whose path names no window. */
const nameless: ReadonlySet<Errand['door']> = new Set(['requestWindow', 'closeAllWindows']);

/** People call, and call again with the same key where they hear nothing or are told to wait. */
export function installErrands(stage: Stage, told: (what: string) => void): void {
  const { plan, clock } = stage;
  if (plan.errands.length === 0) return;
  const tokens = createTokenBook(stage.simulation().azure);
  for (const [at, errand] of plan.errands.entries()) {
    clock.at(plan.startMs + errand.atMs, () => {
      told(`visit by HTTP ${at}: ${errand.door}`);
      void carryOut(stage, tokens, errand, at);
    });
  }
}

async function carryOut(
  stage: Stage,
  tokens: TokenBook,
  errand: Errand,
  at: number,
): Promise<void> {
  const dice = diceOf(stage.plan.seed).fork(`errand ${at}`);
  const { who, door, of, body, isDry, prefer, isElsewhere } = errand;
  const person = personOf(who);
  const windowId = of === null || nameless.has(door) ? '' : meantId(stage, of);
  if (windowId === '' && (door === 'extendWindow' || door === 'closeWindow')) return;
  if (windowId === '' && door === 'getWindow') return;
  const key = of?.key ?? '';
  const address = isElsewhere ? elsewhere : person.address;
  const draft = { door, windowId, key, body, isDry, person, address, prefer };
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const answer = await stage.wire.send(envelopeOf(tokens, draft));
    if (answer !== null && answer.status < 500 && answer.status !== 429) return;
    await new Promise((resolve) => setTimeout(resolve, dice.int(1_000, 15_000)));
  }
}
