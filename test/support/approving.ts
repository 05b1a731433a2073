import type { ClaimWorld } from './claimWorld';
import { live, minute } from './windowWorld';

export const approve = (world: ClaimWorld, as: string, id: string, call: object = {}) =>
  world.call('approveWindow', as, { id, body: { remark: 'I know of it' }, ...call });
export const deny = (world: ClaimWorld, as: string, id: string) =>
  world.call('denyWindow', as, { id, body: { reason: 'not tonight' } });
export const codeOf = ({ body }: { body: Record<string, unknown> }): string => {
  const { code } = body;
  return typeof code === 'string' ? code : '';
};

/** Lives on as the sleeper would, for an hour and a half: nothing may be sent that is not approved. */
export async function outlive(world: ClaimWorld, id: string): Promise<void> {
  for (let turn = 0; turn < 90; turn++) {
    await world.reconcile();
    await live(world, id, world.time.now + minute);
  }
}
