import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compareWithStatus } from './compare-status.ts';

it('an export that the operator has seen otherwise at its height is refused', () => {
  const seen = { height: 3, headHash: 'b', stateRoot: 's' };
  const head = { height: 3, stateRoot: 's', time: 0 };
  const refused = { code: 'VERIFICATION_FAILED', message: /at height 3 the operator has/ };
  assert.throws(() => compareWithStatus(seen, { driver: 'embedded', hash: 'other', head }), refused);
  assert.throws(() => compareWithStatus(seen, { driver: 'fabric', hash: 'b', head: { ...head, stateRoot: 'other' } }), refused);
  compareWithStatus(seen, { driver: 'embedded', hash: 'b', head });
  compareWithStatus(seen, { driver: 'fabric', hash: 'other', head });
  compareWithStatus(seen, { driver: 'embedded', hash: 'other', head: { ...head, height: 4 } });
  compareWithStatus(undefined, { driver: 'embedded', hash: 'other', head });
});
