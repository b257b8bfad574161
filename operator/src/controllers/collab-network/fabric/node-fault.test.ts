import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WaitError } from '../../../runtime/index.ts';
import { nodeFault, tellingProblem, type NodePod } from './node-fault.ts';
import type { FabricRole } from './node-plan.ts';
import { testNode } from './testing.ts';

/** As a peer of Fabric 2.5.9 ends on a full volume; the kubelet keeps the last 2 KiB. */
const FULL = `panic: Error acquiring lock on file /var/lib/fabric/transientStoreFileLock: write /var/lib/fabric/transientStoreFileLock/MANIFEST-000005: no space left on device

goroutine 1 [running]:
github.com/hyperledger/fabric/common/ledger/util/leveldbhelper.(*FileLock).Lock(0x1b883322a4c8)
\tgithub.com/hyperledger/fabric/common/ledger/util/leveldbhelper/leveldb_helper.go:213 +0x21b
`;

type Status = NonNullable<NonNullable<NodePod['status']>['containerStatuses']>[number];

function fault(role: FabricRole, status: Omit<Status, 'name' | 'restartCount'>): WaitError | undefined {
  const keeper = { name: 'snapshot-keeper', restartCount: 0, state: { terminated: { exitCode: 9 } } };
  return nodeFault(testNode(role), { metadata: { name: 'pod' }, status: { containerStatuses: [keeper, { name: role, restartCount: 3, ...status }] } });
}

describe('nodeFault', () => {
  it('names the claim of a volume that is full', () => {
    const { reason, message } = fault('peer', { state: {}, lastState: { terminated: { exitCode: 2, message: FULL } } })!;
    assert.deepEqual([reason, message], ['FabricVolumeFull', 'the volume of fabric-demo-peer-0 is full, and it neither endorses nor shows the ledger until there is room; enlarge claim data-fabric-demo-peer-0-0']);
    assert.match(fault('orderer', { state: { terminated: { exitCode: 2, message: FULL } } })!.message, /fabric-demo-orderer-0 is full, and it orders nothing/);
  });

  it('shows what another node said last, without where it was', () => {
    const ended = (message?: string): string => fault('peer', { lastState: { terminated: { exitCode: 2, ...(message !== undefined && { message }) } } })!.message;
    assert.equal(ended('{"msg":"Starting"}\npanic: out of luck\n\ngoroutine 1 [running]:\nmain.main()\n'), 'fabric-demo-peer-0 ended with code 2 and is started again, 3 times so far: panic: out of luck');
    assert.match(ended('Error: no certificate\n'), /: Error: no certificate$/);
    assert.match(ended(), /: look at its log$/);
  });

  it('says nothing of a node that runs, or that has never ended', () => {
    assert.equal(fault('peer', { state: { running: {} }, lastState: { terminated: { exitCode: 2, message: FULL } } }), undefined);
    assert.equal(fault('peer', { state: {} }), undefined);
    assert.equal(nodeFault(testNode('peer'), undefined), undefined);
  });
});

it('tellingProblem puts the pod before the silence of its node, and before nothing else', () => {
  const wait = (reason: string): WaitError => new WaitError(reason, reason, 1_000);
  const [silent, refused, crashing] = ['FabricNodeUnavailable', 'FabricNodeRefused', 'FabricNodeCrashing'].map(wait);
  assert.equal(tellingProblem(silent, [refused!, crashing!]), crashing);
  assert.equal(tellingProblem(silent, [refused!]), silent);
  assert.equal(tellingProblem(refused, [crashing!]), refused);
});
