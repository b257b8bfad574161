import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compile } from './compile.ts';
import type { NetworkPolicy, PodView, World } from './policy-types.ts';

const target = { table: 'test', podRange: '10.0.0.0/24' };

function pod(name: string, address: string, namespace = 'one'): PodView {
  return { namespace, name, labels: { app: name }, addresses: [address], ports: [] };
}

function policy(spec: NetworkPolicy['spec'], namespace = 'one'): NetworkPolicy {
  return { metadata: { namespace, name: 'p', uid: 'u' }, spec };
}

function world(policies: readonly NetworkPolicy[], pods = [pod('a', '10.0.0.1'), pod('b', '10.0.0.2'), pod('c', '10.0.0.3', 'two')]): World {
  return { pods, namespaces: new Map([['one', {}], ['two', {}]]), policies };
}

function isolated(script: string, map: 'isolated_in' | 'isolated_out'): Record<string, string> {
  const elements = new RegExp(`map ${map} \\{[^}]*elements = \\{ ([^}]*) \\}`).exec(script)?.[1] ?? '';
  return Object.fromEntries(elements.split(', ').filter(Boolean).map((entry) => entry.split(' : goto ') as [string, string]));
}

function body(script: string, chain: string | undefined): string[] {
  const text = new RegExp(`chain ${chain} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*)\\n  \\}`).exec(script)?.[1] ?? '';
  return text.split('\n').map((line) => line.trim());
}

describe('compile', () => {
  it('isolates nobody without policies but knows every pod', () => {
    const script = compile(world([]), target);
    assert.deepEqual(isolated(script, 'isolated_in'), {});
    assert.deepEqual(isolated(script, 'isolated_out'), {});
    assert.match(script, /set known \{ type ipv4_addr; elements = \{ 10\.0\.0\.1, 10\.0\.0\.2, 10\.0\.0\.3 \}; \}/);
    assert.match(script, /ip saddr != @known drop/);
  });

  it('replaces the table in the same transaction', () => {
    assert.match(compile(world([]), target), /^table ip test \{\}\ndelete table ip test\ntable ip test \{/);
  });

  it('denies by default in the namespace of the policy and nowhere else', () => {
    const script = compile(world([policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })]), target);
    const incoming = isolated(script, 'isolated_in');
    assert.deepEqual(Object.keys(incoming), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(Object.keys(isolated(script, 'isolated_out')), ['10.0.0.1', '10.0.0.2']);
    assert.deepEqual(body(script, incoming['10.0.0.1']), ['drop']);
  });

  it('takes policyTypes left out for ingress, and for egress when there are egress rules', () => {
    const closed = compile(world([policy({ podSelector: {} })]), target);
    assert.deepEqual([Object.keys(isolated(closed, 'isolated_in')).length, Object.keys(isolated(closed, 'isolated_out')).length], [2, 0]);
    const both = compile(world([policy({ podSelector: {}, egress: [] })]), target);
    assert.equal(Object.keys(isolated(both, 'isolated_out')).length, 2);
  });

  it('adds policies up', () => {
    const deny = policy({ podSelector: {} });
    const allow = policy({ podSelector: { matchLabels: { app: 'a' } }, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'b' } } }], ports: [{ port: 80 }] }] });
    const script = compile(world([deny, allow]), target);
    const incoming = isolated(script, 'isolated_in');
    assert.deepEqual(body(script, incoming['10.0.0.1']), ['ip saddr { 10.0.0.2 } tcp dport 80 return', 'drop']);
    assert.deepEqual(body(script, incoming['10.0.0.2']), ['drop']);
  });

  it('lets pods with the same rules share a chain', () => {
    const script = compile(world([policy({ podSelector: {} })]), target);
    assert.equal(new Set(Object.values(isolated(script, 'isolated_in'))).size, 1);
  });

  it('does not depend on the order in which the API lists things', () => {
    const first = policy({ podSelector: {}, ingress: [{ ports: [{ port: 1 }, { port: 2 }] }] });
    const second = policy({ podSelector: {}, ingress: [{ ports: [{ port: 3 }] }] });
    const pods = world([]).pods;
    assert.equal(compile({ ...world([first, second]) }, target), compile({ ...world([second, first]), pods: [...pods].reverse() }, target));
  });
});
