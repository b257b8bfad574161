import { z } from 'zod';
import { statusBase } from './conditions.ts';
import { algorithmRef, did, duration, engine, hex, integer, keyed, label, operator, reference, text, time, trustModel, unique } from './fields.ts';
import type { CustomResource } from './object.ts';
import { quotas } from './quotas.ts';
import { immutable, withRules } from './rule.ts';

const hubUrl = /^(tls|nats|wss):\/\/[A-Za-z0-9.-]+:[0-9]+$/;

const founding = z
  .object({
    hubURL: z.string().max(255).regex(hubUrl).describe('Address of the NATS hub for leaf connections as other institutions reach it, e.g. tls://nats-hub.bank-a.svc:7422.'),
    hubClientURL: z.string().max(255).regex(hubUrl).describe('Address of the NATS hub for clients (an institution that is still joining), e.g. tls://nats-hub.bank-a.svc:4222.'),
    displayName: text('Name of the network as written into its genesis. The displayName of the spec, if absent.', 128).optional(),
    recoveryLock: duration("How long a recovery of a member's keys waits for a veto. 24h, if absent; fixed for the life of the network.").optional(),
    admissionLapse: duration('An institution that was voted in has this long to come; then its admission lapses. 7d, if absent; fixed for the life of the network.').optional(),
    ledgerStorage: z
      .object({
        size: z.string().max(32).regex(/^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti)?$/).default('1Gi').describe('Size of the volume of the ledger.'),
        storageClassName: z.string().max(253).optional().describe("Storage class. The cluster's default, if absent."),
      })
      .prefault({})
      .describe('Volume of the embedded ledger.'),
  })
  .describe('Makes a new network with this institution as its founder, which hosts the hub and the embedded ledger.');

const snapshots = z
  .object({
    interval: duration('A snapshot of the ledger is taken this often, if there are new blocks.').default('24h'),
    keep: z.int().min(1).max(100).default(7).describe('Snapshots that are kept; older ones are deleted.'),
    storage: z
      .object({
        size: z.string().max(32).regex(/^[0-9]+(\.[0-9]+)?(Ki|Mi|Gi|Ti)?$/).default('5Gi').describe('Size of the volume; each snapshot holds the whole state.'),
        storageClassName: z.string().max(253).optional().describe("Storage class. The cluster's default, if absent."),
      })
      .prefault({})
      .describe('Volume of the snapshots, PersistentVolumeClaim fabric-<network>-snapshots.'),
  })
  .describe("Backups of the ledger by the institution's peer, on a volume of their own.");

const external = z
  .object({
    domain: z
      .string()
      .min(1)
      .max(180)
      .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/)
      .describe('Each node is reached as <name of its Service>.<domain>, such as fabric-demo-peer-0.ledger.bank-a.example.'),
    port: z.int().min(1).max(65535).default(443).describe('Port of all nodes there.'),
  })
  .describe('Where institutions outside of this cluster reach the nodes: a load balancer or gateway that hands TLS through by server name. The own parts use the Services. Without it, all institutions are in this cluster.');

const issuer = (what: string) =>
  z
    .object({
      name: z.string().min(1).max(253).describe('Name of the issuer.'),
      kind: z.string().min(1).max(63).default('Issuer').describe('Issuer, in this namespace, or ClusterIssuer.'),
      group: z.string().min(1).max(253).default('cert-manager.io').describe('API group of the issuer.'),
    })
    .describe(what);

const issuers = z
  .object({
    identity: issuer('Vouches for who signs: nodes, administrator, clients. Whoever may ask it for certificates can act as this institution on the channel: use it for nothing else.'),
    tls: issuer('Vouches for the servers of the nodes. Another authority than that of identity.'),
  })
  .describe("Issuers of cert-manager that issue the nodes' certificates directly by their own authority. Without it, the operator makes two authorities and keeps their keys in Secret fabric-<network>-authorities.");

/** Whether nodes have an external address, in a rule. */
const hasExternal = (self: string): string => `(has(${self}.ledger.fabric) && has(${self}.ledger.fabric.external))`;
/** The same for issuers. */
const hasIssuers = (self: string): string => `(has(${self}.ledger.fabric) && has(${self}.ledger.fabric.issuers))`;

const algorithm = z
  .object({
    ...algorithmRef.shape,
    engine: engine.default('spu').describe('Engine that runs the algorithm. spu: SecretFlow SPU, two parties. sets: set operations of any number of parties over elliptic curves.'),
    operators: unique(z.array(operator).min(1).max(32).prefault(['Intersection', 'Difference']).describe('Operators that it implements.')),
    image: text('Container image of the engine.', 512),
    imageDigest: z.string().max(80).regex(/^sha256:[0-9a-f]{64}$/).optional().describe('Digest of the image, e.g. sha256:….'),
    codeDigest: hex('SM3 digest of the code inside the image.').optional(),
    parametersSchemaDigest: hex('SM3 digest of the JSON schema of the parameters.').optional(),
    program: z.string().min(1).max(4096).optional().describe("Program of the operator Program: lines such as 'high = debt / income > 0.4' and 'reveal share = mean(if(high, 1, 0))'. Members read it before they vote."),
    trustClass: z.enum(['ReviewedProtocol']).default('ReviewedProtocol').describe('ReviewedProtocol: a reviewed protocol engine, which alone gets ports to its peer.'),
    trustModels: unique(z.array(trustModel).min(1).max(8).prefault(['TwoPartySemiHonest']).describe('Trust models the algorithm offers.')),
    leakage: text('What a party learns besides the agreed output, in words a data manager can judge.', 2048),
  })
  .describe('An algorithm to register on the ledger.');

const revokedAlgorithm = z
  .object({ ...algorithmRef.shape, reason: text('Why; it goes onto the ledger.', 512) })
  .describe('An algorithm to revoke.');

const invitation = z
  .object({
    name: label('Name of the invitation within this network.'),
    displayName: text('Institution that is invited, for people.', 128),
    expiresAfter: duration('How long the invitation is good for.').default('72h'),
    secretName: z.string().min(1).max(253).optional().describe('Secret the operator writes the invitation into. <network>-invitation-<name>, if absent.'),
  })
  .describe('An invitation for one institution.');

export const collabNetworkSpecSchema = withRules(
  z
    .object({
      displayName: text('Name of the network for people.', 128),
      suspend: z.boolean().default(false).describe('True stops the operator from acting on this network; running tasks go on until their lease ends.'),
      didRef: reference('ParticipantDID', 'ParticipantDID of type Institution as which this institution takes part.'),
      personRefs: keyed(
        z.array(reference('ParticipantDID', 'A person.')).max(16).default([]).describe('ParticipantDIDs of type Person presented when founding or joining.'),
        ['name'],
      ),
      ledger: z
        .object({
          driver: z
            .enum(['embedded', 'fabric'])
            .default('embedded')
            .describe('embedded: hash-chained blocks hosted by the founder and verified by everyone. fabric: a Hyperledger Fabric channel on nodes that the operator runs for each institution. Whoever joins names the driver that the network has.'),
          fabric: z
            .object({
              orderers: z.int().min(1).max(3).default(1).describe('Orderers of the founder: 1, or 3, of which one may be lost. May be raised.'),
              peers: z.int().min(1).max(3).default(1).describe('Peers of this institution. Of several, operator and services go on by one while another is away. May be changed.'),
              minimumPeers: z.int().min(1).max(1000).describe('Peers of all institutions together; with fewer of them alive, condition PeersSufficient is False. Default: one for each institution on the channel.').optional(),
              snapshots: snapshots.optional(),
              external: external.optional(),
              issuers: issuers.optional(),
            })
            .optional()
            .describe('Settings of driver fabric.'),
        })
        .prefault({})
        .describe('The ledger of the network.'),
      founding: founding.optional(),
      join: z
        .object({ invitationSecretRef: reference('Secret', 'Secret with the invitation received from a member (kubectl collabnet invitation export).') })
        .optional()
        .describe('Joins an existing network by an invitation.'),
      algorithms: keyed(z.array(algorithm).max(64).default([]).describe('Algorithms this institution registers on the ledger.'), ['name', 'version']),
      retiredAlgorithms: keyed(z.array(algorithmRef).max(64).default([]).describe('Algorithms of this institution that new tasks may no longer name; running ones go on.'), ['name', 'version']),
      revokedAlgorithms: keyed(z.array(revokedAlgorithm).max(64).default([]).describe('Algorithms that are ended for good: leases of running attempts are no longer renewed. Own ones, and as Operator or Supervisor those of others.'), ['name', 'version']),
      leave: z.boolean().default(false).describe('True leaves the network, for ever: open tasks are given up, the keys of this institution end there, the hub refuses it. Its records stay.'),
      invitations: keyed(z.array(invitation).max(64).default([]).describe('Invitations this institution issues.'), ['name']),
      maxStaleness: duration('A decision is taken only on a view of the ledger no older than this.').default('15s'),
      quotas: quotas.optional(),
    })
    .describe('What the institution wants: found a network or join one.'),
  [
    {
      rule: 'has(self.founding) != has(self.join)',
      message: 'exactly one of founding and join must be set: founding makes a new network, join uses an invitation',
      reason: 'FieldValueInvalid',
      holds: (spec) => (spec.founding === undefined) !== (spec.join === undefined),
    },
    {
      rule: '!has(self.founding) || !self.leave',
      message: 'leave: the founder hosts hub and ledger of the network and cannot leave it',
      fieldPath: '.leave',
      reason: 'FieldValueForbidden',
      holds: (spec) => spec.founding === undefined || !spec.leave,
    },
    {
      rule: '!oldSelf.leave || self.leave',
      message: 'leave cannot be taken back: join again with a new invitation and a new subjectCode',
      fieldPath: '.leave',
      reason: 'FieldValueForbidden',
    },
    {
      rule: "!has(self.ledger.fabric) || self.ledger.driver == 'fabric'",
      message: 'ledger.fabric: is for driver fabric; remove it, or set ledger.driver',
      fieldPath: '.ledger.fabric',
      reason: 'FieldValueForbidden',
      holds: ({ ledger }) => ledger.fabric === undefined || ledger.driver === 'fabric',
    },
    {
      rule: '!has(self.ledger.fabric) || has(self.founding) || self.ledger.fabric.orderers == 1',
      message: 'ledger.fabric.orderers: only the founder runs orderers; remove it',
      fieldPath: '.ledger.fabric',
      reason: 'FieldValueForbidden',
      holds: ({ ledger, founding }) => ledger.fabric === undefined || founding !== undefined || ledger.fabric.orderers === 1,
    },
    {
      rule: '!has(self.ledger.fabric) || self.ledger.fabric.orderers != 2',
      message: 'ledger.fabric.orderers: give 1 or 3; of two, both are needed',
      fieldPath: '.ledger.fabric',
      reason: 'FieldValueInvalid',
      holds: ({ ledger }) => ledger.fabric?.orderers !== 2,
    },
    {
      rule: '(has(self.ledger.fabric) ? self.ledger.fabric.orderers : 1) >= (has(oldSelf.ledger.fabric) ? oldSelf.ledger.fabric.orderers : 1)',
      message: 'ledger.fabric.orderers may be raised to 3 and not lowered: the way back leads over two, of which neither may be lost, and ends with a ledger of which no other orderer has a copy',
      fieldPath: '.ledger',
      reason: 'FieldValueForbidden',
    },
    {
      rule: `${hasExternal('self')} == ${hasExternal('oldSelf')} && (!${hasExternal('self')} || self.ledger.fabric.external == oldSelf.ledger.fabric.external)`,
      message: 'ledger.fabric.external is immutable: the channel and the certificates of the nodes name these addresses; delete this CollabNetwork and create another',
      fieldPath: '.ledger',
      reason: 'FieldValueForbidden',
    },
    {
      rule: `${hasIssuers('self')} == ${hasIssuers('oldSelf')} && (!${hasIssuers('self')} || self.ledger.fabric.issuers == oldSelf.ledger.fabric.issuers)`,
      message: 'ledger.fabric.issuers is immutable: the channel knows this institution by their authorities; delete this CollabNetwork and create another',
      fieldPath: '.ledger',
      reason: 'FieldValueForbidden',
    },
    {
      rule: `!${hasIssuers('self')} || ${['name', 'kind', 'group'].map((field) => `self.ledger.fabric.issuers.identity.${field} != self.ledger.fabric.issuers.tls.${field}`).join(' || ')}`,
      message: 'ledger.fabric.issuers: identity and tls must be two issuers with authorities of their own; of one, every server certificate could sign transactions',
      fieldPath: '.ledger.fabric.issuers',
      reason: 'FieldValueInvalid',
      holds: ({ ledger }) => {
        const issuers = ledger.fabric?.issuers;
        return issuers === undefined || issuers.identity.name !== issuers.tls.name || issuers.identity.kind !== issuers.tls.kind || issuers.identity.group !== issuers.tls.group;
      },
    },
    ...immutable(['didRef'], ['founding', 'join'], 'delete this CollabNetwork and create another'),
    {
      rule: 'self.ledger.driver == oldSelf.ledger.driver',
      message: 'ledger.driver is immutable: delete this CollabNetwork and create another',
      fieldPath: '.ledger.driver',
      reason: 'FieldValueForbidden',
    },
  ],
);

const fingerprints = (whose: string): z.ZodArray<z.ZodString> =>
  z.array(z.string()).describe(`Certificates of its authorities for ${whose}: SHA-256 fingerprints, as openssl x509 -fingerprint -sha256 prints them.`);

const organisation = z
  .object({
    mspID: z.string().describe('Id on the channel.'),
    identityAuthorities: fingerprints('identities'),
    tlsAuthorities: fingerprints('TLS'),
    peers: z.array(z.string()).describe('Where its peers are reached, host:port.'),
  })
  .describe('Organisation on the channel that the request names, with driver fabric.');

const statedContracts = z.string().describe('Contracts of its release, in its own word; operators compare them with those in force. No part of what is voted on.');

export const collabNetworkStatusSchema = z
  .object({
    ...statusBase,
    networkID: hex('Id of the network: the SM3 digest of its genesis.').optional(),
    did: did('DID of this institution in the network.').optional(),
    membership: z.enum(['Founder', 'Pending', 'Admitted', 'Active', 'Suspended', 'Refused', 'Left', 'Expelled']).optional().describe('Founder or Active: member. Pending: the members have not all voted. Admitted: voted in, and not there yet. Suspended or Expelled: by vote of the members.'),
    ledger: z
      .object({
        driver: z.string().optional().describe('Driver in use.'),
        height: integer('Height of the newest block this institution verified.').optional(),
        headHash: hex('Hash of that block.').optional(),
        stateRoot: hex('State root after that block.').optional(),
        headTime: time('Time of that block.').optional(),
        verifiedAt: time('When this institution last confirmed that this is the head.').optional(),
        takenUpTo: integer('Up to this height, blocks of earlier contracts were taken as their endorsers wrote them: signatures and hashes were checked, the rules were not run again. Absent: all were.').optional(),
        state: z.enum(['Following', 'Stale', 'Diverged']).optional().describe('Diverged: two members saw different blocks at one height; everything stops.'),
      })
      .optional()
      .describe("This institution's own verified view of the ledger."),
    fabric: z
      .object({
        channel: z.string().describe('Channel of the network.'),
        mspID: z.string().describe('Id of this institution on the channel.'),
        peers: z.array(z.object({ name: z.string().describe('StatefulSet.'), height: integer('Blocks it has; missing while it does not answer.').optional() })).describe('Peers of this institution.'),
        livePeers: integer('Peers of all institutions that the own one knows to be alive, itself included.').optional(),
        orderers: z
          .array(
            z.object({
              name: z.string().describe('StatefulSet.'),
              state: z.string().describe('active, onboarding, inactive, failed, absent or unreachable.'),
              relation: z.string().describe('consenter: takes part in ordering. follower: reads the channel until it is counted in.').optional(),
              height: integer('Blocks it has.').optional(),
            }),
          )
          .describe('Orderers of this institution.'),
        leader: z.string().describe('Orderer of this institution that leads, if one does.').optional(),
        contracts: z
          .object({ version: z.string().describe('Version and digest of the contracts.'), sequence: integer('Number of the definition in force.') })
          .describe('Contracts in force on the channel.'),
        certificatesExpire: time('When the first certificate of the nodes ends that is not renewed before.'),
        snapshots: z
          .object({
            claim: z.string().describe('PersistentVolumeClaim that holds them, below completed/<channel>/<block>.'),
            count: integer('Complete snapshots on it.'),
            lastBlock: integer('Newest block of the newest one.').optional(),
            lastTime: time('When it was complete.').optional(),
            lastBytes: integer('Its size.').optional(),
          })
          .optional()
          .describe('Backups of the ledger, with spec.ledger.fabric.snapshots.'),
      })
      .optional()
      .describe('Nodes of this institution, with driver fabric.'),
    memberCount: integer('Number of active members.').optional(),
    pendingRecoveries: z
      .array(
        z.object({
          id: z.string().describe('Id of the request.'),
          did: did('Institution whose keys are to be replaced.'),
          via: z.string().describe('Keys: signed by recovery keys of the institution. Vote: by the other members.'),
          state: z.string().describe('Voting or Locked.'),
          effectiveAt: time('From then on the new keys take over, unless vetoed.').optional(),
        }),
      )
      .optional()
      .describe("Requests to replace a member's keys that can still be voted on or vetoed."),
    members: z
      .array(
        z.object({
          did: did('DID of the member.'),
          displayName: z.string().describe('Name for people.').optional(),
          roles: z.array(z.string()).describe('Roles of the member.').optional(),
          state: z.string().describe('Admitted (voted in, and not there yet: it has no vote), Active, Suspended, Left, Lapsed (it did not come in time) or Expelled.').optional(),
          admissionEnds: time('Of an admitted one: its admission lapses then, unless it comes.').optional(),
        }),
      )
      .optional()
      .describe('Members of the network.'),
    pendingJoins: z
      .array(
        z.object({
          id: z.string().describe('Id of the request: the subject of an Approval of kind Membership.'),
          digest: hex('Digest of the request, which the Approval names.'),
          displayName: z.string().describe('Name of the institution that asks.').optional(),
          did: z.string().describe('DID of the institution that asks.').optional(),
          roles: z.array(z.string()).describe('Roles it asks for.').optional(),
          votes: z.array(z.object({ member: z.string().describe('DID of the voting member.'), decision: z.string().describe('Approve or Refuse.') })).describe('Votes so far.').optional(),
          needed: integer('Votes needed.').optional(),
          invitationID: z.string().describe('Invitation under which it asks.').optional(),
          request: z.string().describe('The request word for word, as JSON. The digest covers network, invitation and this. Absent where the requests that wait are too large together.').optional(),
          organisation: organisation.optional(),
          contracts: statedContracts.optional(),
        }),
      )
      .optional()
      .describe('Requests to join that wait for votes (kubectl collabnet approve join/ID).'),
    pendingChanges: z
      .array(
        z.object({
          id: z.string().describe('Id of the change, and its digest: the subject of an Approval of kind MembershipChange.'),
          did: did('Member it is about.'),
          displayName: z.string().describe('Its name.').optional(),
          change: z.string().describe('Suspend, Reinstate or Expel.'),
          reason: z.string().describe('Why, in the words of who proposed it.').optional(),
          votes: z.array(z.object({ member: z.string().describe('DID of the voting member.'), decision: z.string().describe('Approve or Refuse.') })).describe('Votes so far.'),
          needed: integer('Votes needed.'),
          expires: time('The ledger takes votes until then.'),
          statement: z.string().describe('What is voted on word for word, as JSON; the id is its digest.'),
        }),
      )
      .optional()
      .describe('Changes of memberships that wait for votes (kubectl collabnet network vote ID).'),
    joinRequest: z
      .object({ id: z.string().describe('Id of the request, and its digest.'), organisation: organisation.optional(), contracts: statedContracts.optional() })
      .optional()
      .describe('The request of this institution while it is not a member: what the members are shown.'),
    algorithms: z
      .array(
        z.object({
          name: z.string().describe('Name.'),
          version: z.string().describe('Version.'),
          state: z.string().describe('Registered, Approved, Refused, Retired or Revoked.'),
          digest: hex('Digest of the registration, which an Approval of kind Algorithm names.').optional(),
          provider: z.string().describe('DID of the provider.').optional(),
          engine: z.string().describe('Engine.').optional(),
          operators: z.array(z.string()).describe('Operators that it implements.').optional(),
          leakage: z.string().describe('What a party learns besides the output.').optional(),
          program: z.string().describe('Program of the operator Program; left out where the programs of all algorithms together are longer than 128 KiB.').optional(),
          votes: z.array(z.object({ member: z.string().describe('DID of the voting member.'), decision: z.string().describe('Approve or Refuse.') })).describe('Votes so far.').optional(),
        }),
      )
      .optional()
      .describe('Algorithms on the ledger.'),
    invitations: z
      .array(
        z.object({
          name: z.string().describe('Name in spec.invitations.'),
          id: z.string().describe('Id on the ledger.').optional(),
          secretName: z.string().describe('Secret with the invitation.').optional(),
          state: z.string().describe('Issued, Used or Expired.'),
          expires: time('Until when it can be used.').optional(),
        }),
      )
      .optional()
      .describe('Invitations of this institution.'),
    hub: z
      .object({ control: z.string().describe('Connected or Disconnected.').optional(), data: z.string().describe('Connected or Disconnected.').optional() })
      .optional()
      .describe('Connections to the hub: control and bulk data apart.'),
  })
  .describe('What the operator saw.');

export type CollabNetworkSpec = z.output<typeof collabNetworkSpecSchema>;
export type CollabNetworkSpecInput = z.input<typeof collabNetworkSpecSchema>;
export type CollabNetworkStatus = z.output<typeof collabNetworkStatusSchema>;
export type CollabNetwork = CustomResource<'CollabNetwork', CollabNetworkSpec, CollabNetworkStatus>;
