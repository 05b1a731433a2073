/** The two sleepers. */
export type SleeperName = 'accessWindow' | 'activationIntake';

/** Starts sleepers. `running`: an instance of this id is running already, which is success. Throws `Fault`. */
export type Starter = {
  start(name: SleeperName, instanceId: string, input: SleeperInput): Promise<'started' | 'running'>;
};

/** What a sleeper is given: which row it looks after. */
export type SleeperInput = {
  readonly id: string;
  readonly successor: number;
  /** Started beside the row's own sleeper, which sleeps: it ends when nothing near is to be done. */
  readonly helper?: true;
};

/** What a step answers to its sleeper. `nextLook` is ISO 8601. */
export type Look =
  | { readonly done: true; readonly outcome: string }
  | { readonly done: false; readonly nextLook: string };
