/** How the command ends: what scripts branch on. */
export const exitCodes = {
  done: 0,
  refused: 1,
  wrong: 2,
  unreached: 3,
  unfinished: 3,
  notSignedIn: 4,
  interrupted: 130,
} as const;

/** The end of a command that is not "done": thrown anywhere, told in one place. */
export class Ending extends Error {
  override readonly name = 'Ending';

  constructor(
    readonly exitCode: number,
    message: string,
    /** What the API said, where it said it in JSON. */
    readonly json?: unknown,
  ) {
    super(message);
  }
}
