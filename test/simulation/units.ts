export const minute = 60_000;
/** The policy's own times in every plan, ms. */
export const guardMs = 180_000;
export const leadMs = 120_000;
export const settleMs = 120_000;
/** From the save that announces a PUT until it is sent, at most. */
export const sendMs = 20_000;
