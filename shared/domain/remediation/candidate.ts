/**
 * What is known of one VM when it is judged: by the index for the whole estate, or by a read of the
 * VM itself just before a write. Texts are `''` where nobody knows.
 */
export type Candidate = {
  /** As Azure wrote it; compared without case. */
  readonly vmId: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly location: string;
  /** The machine's own GUID: a new VM of the same name has another. */
  readonly vmGuid: string;
  readonly tags: Readonly<Record<string, string>>;
  /** `Windows` or `Linux`, as the OS disk says. */
  readonly osType: string;
  readonly image: CandidateImage;
  /** What the agent of a running machine says: `Windows Server 2022 Datacenter`, `10.0.20348.3207`. */
  readonly osName: string;
  readonly osVersion: string;
  /** Host name: of the profile, else of the agent. */
  readonly computerName: string;
  readonly vmSize: string;
  /** `running`, `stopped`, `deallocated` and so on, lower case. */
  readonly power: string;
  /** The index does not know the agent; a read of the VM does. */
  readonly agent: 'ready' | 'notReady' | 'unknown';
  /** `osProfile.allowExtensionOperations`; `null`: not said, which Azure takes for yes. */
  readonly extensionsAllowed: boolean | null;
  readonly identity: CandidateIdentity;
  /** Id of the scale set it is an instance of. */
  readonly scaleSetId: string;
  /** `plan.publisher` of a machine from the marketplace. */
  readonly planPublisher: string;
  /** Group that another resource made for its own machines (`managedBy` of the VM or its group). */
  readonly managedBy: string;
  readonly extensions: readonly CandidateExtension[];
  readonly outbound: CandidateOutbound;
};

export type CandidateImage = {
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
  /** Of a gallery or a captured image; the other three are empty then. */
  readonly id: string;
};

export type CandidateIdentity = {
  readonly system: boolean;
  /** Ids of the user-assigned identities, as Azure wrote them. */
  readonly userAssigned: readonly string[];
};

export type CandidateExtension = {
  readonly name: string;
  readonly publisher: string;
  readonly type: string;
  /** `typeHandlerVersion`: `2.0`. */
  readonly version: string;
  /** `provisioningState`: `Succeeded`, `Failed`, `Creating`, `Updating`, `Deleting`. */
  readonly state: string;
};

/**
 * The ways out of a machine's network: a public address or an outbound rule of a load balancer on an
 * interface, a NAT gateway or a route to an appliance on a subnet. `unknown`: nobody read it.
 * `implicit`: none of them, and the subnet still gives Azure's default outbound access;
 * `none`: none of them, and the subnet is private.
 */
export type CandidateOutbound = 'explicit' | 'implicit' | 'none' | 'unknown';

/** What is true of the estate around a VM. */
export type CandidateSurroundings = {
  /** Another VM of the estate has the same host name, without case. */
  readonly duplicateName: boolean;
  /** Id of the policy assignment that installs the extension by itself; `''`: none. */
  readonly policyAssignmentId: string;
};
