import { isPartyKey } from '@collabnet/fabric-execution';
import { serveAltered } from './serve-altered.ts';

// It writes what Fabric lets its organisation write without the others: its own party key, and its own private data.
serveAltered(
  (outcome) => ({ ...outcome, writes: outcome.writes.filter(({ key }) => isPartyKey(key)).map(({ key }) => ({ key, text: 'garbage' })) }),
  (stub) => stub.putPrivateData(`_implicit_org_${stub.getCreator().mspid}`, 'key', Buffer.from('value')),
);
