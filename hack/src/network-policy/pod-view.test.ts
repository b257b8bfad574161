import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PodBook, type ApiPod } from './pod-view.ts';

function apiPod(name: string, status: ApiPod['status'], hostNetwork = false): ApiPod {
  return { metadata: { namespace: 'one', name, uid: name, labels: {} }, spec: { hostNetwork, containers: [{ ports: [{ name: 'web', containerPort: 80 }] }] }, status };
}

describe('PodBook', () => {
  it('shows running pods with their IPv4 addresses and ports', () => {
    const book = new PodBook();
    book.set(apiPod('a', { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }));
    assert.deepEqual(book.views(), [{ namespace: 'one', name: 'a', labels: {}, addresses: ['10.0.0.1'], ports: [{ name: 'web', containerPort: 80 }] }]);
  });

  it('knows an announced address before the API does', () => {
    const book = new PodBook();
    book.set(apiPod('a', { phase: 'Pending' }));
    assert.deepEqual(book.views(), []);
    book.announce({ namespace: 'one', name: 'a', uid: 'a', addresses: ['10.0.0.1'] });
    assert.deepEqual(book.views()[0]?.addresses, ['10.0.0.1']);
  });

  it('gives an address that is used again to the pod that was announced last', () => {
    const book = new PodBook();
    book.set(apiPod('old', { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }] }));
    book.set(apiPod('new', { phase: 'Pending' }));
    book.announce({ namespace: 'one', name: 'new', uid: 'new', addresses: ['10.0.0.1'] });
    assert.deepEqual(book.views().map(({ name }) => name), ['new']);
  });

  it('forgets ended and removed pods and leaves out those in the host network', () => {
    const book = new PodBook();
    book.set(apiPod('done', { phase: 'Succeeded', podIPs: [{ ip: '10.0.0.1' }] }));
    book.set(apiPod('host', { phase: 'Running', podIPs: [{ ip: '192.0.2.1' }] }, true));
    book.set(apiPod('gone', { phase: 'Running', podIPs: [{ ip: '10.0.0.2' }] }));
    book.remove(apiPod('gone', undefined));
    assert.deepEqual(book.views(), []);
  });
});
