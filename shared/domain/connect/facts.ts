/** What the index knows of one machine, as far as connecting asks. Texts are `''` where absent. */
export type MachineFacts = {
  readonly vmId: string;
  readonly vmGuid: string;
  readonly powerState: string;
  /** `Windows` or `Linux`, as the OS disk says. */
  readonly osType: string;
  /** From the agent of a running machine: `Windows Server 2022 Datacenter`, `10.0.20348.3207`. */
  readonly osName: string;
  readonly osVersion: string;
  /** Of the machine's profile, else of its agent: the name of its device in Entra ID. */
  readonly computerName: string;
  readonly image: {
    readonly publisher: string;
    readonly offer: string;
    readonly sku: string;
  };
  /** Private addresses and subnets of all its interfaces. */
  readonly addresses: readonly string[];
  readonly subnetIds: readonly string[];
  /** Those of the publisher of the login extensions. */
  readonly extensions: readonly ExtensionFacts[];
};

/** One VM extension; its resource name says nothing. `state`: `Succeeded`, `Failed`, `Creating`. */
export type ExtensionFacts = {
  readonly publisher: string;
  readonly type: string;
  readonly state: string;
};

/** One Bastion host as the index knows it. */
export type BastionFacts = {
  readonly id: string;
  /** `Developer`, `Basic`, `Standard`, `Premium`. */
  readonly sku: string;
  readonly state: string;
  /** Whether native clients may connect (`enableTunneling`). */
  readonly tunneling: boolean;
  /** Its virtual network, those peered with it, and the ranges of its subnet; `''`, `[]`: unknown. */
  readonly vnetId: string;
  readonly peerIds: readonly string[];
  readonly prefixes: readonly string[];
};

/** What one question to the index told. It lags: nothing here proves anything. */
export type ConnectFacts = {
  readonly machines: readonly MachineFacts[];
  readonly bastions: readonly BastionFacts[];
};

/** One active assignment of a role to the person; times are epoch ms, `null`: without. */
export type HeldRole = {
  readonly scope: string;
  /** GUID, lower case. */
  readonly roleDefinitionGuid: string;
  readonly startAt: number | null;
  readonly endAt: number | null;
};

/** A question that was answered, or why it was not: a code of Azure, or one of ours. */
export type Told<Facts> = { readonly facts: Facts } | { readonly unknown: string };

/** What is read for one answer. */
export type ConnectKnowledge = {
  readonly index: Told<ConnectFacts>;
  readonly roles: Told<readonly HeldRole[]>;
};
