/** What the command needs of its surroundings; tests hand in their own. */
export type Surroundings = {
  /** Node's own. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Epoch ms. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly isTerminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
  };
  /** Asks on the terminal, and answers the line that was typed. */
  readonly ask: (question: string) => Promise<string>;
  /** Fires at Ctrl-C. */
  readonly interrupt: AbortSignal;
  /** Writes a file: `null`, or the system's code why not, `EEXIST` where it may not be replaced. */
  readonly saveFile: (path: string, text: string, replace: boolean) => Promise<string | null>;
  readonly signIn: SignIn;
};

/** Gets a token for a scope; rejects when nobody is signed in. `say` tells what to do for it. */
export type SignIn = (
  scope: string,
  how: {
    readonly deviceCode: boolean;
    readonly say: (text: string) => void;
    readonly interrupt: AbortSignal;
  },
) => Promise<AccessToken>;

export type AccessToken = { readonly token: string; readonly expiresOnTimestamp: number };
