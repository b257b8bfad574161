import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from '../lib/run.ts';
import { compile } from './compile.ts';
import type { NetworkPolicy, PodView } from './policy-types.ts';

/**
 * Three network namespaces behind a routing one, as the CNI plugin `ptp` lays them out: server 10.9.0.2, friend 10.9.0.3,
 * stranger 10.9.0.4. `DNAT` stands for a Service at 10.9.9.9:80. Prints one word for every connection tried.
 */
const laboratory = `set -eu
ip link set lo up
echo 1 > /proc/sys/net/ipv4/ip_forward
mkdir -p "$ROOT"
number=2
for name in server friend stranger; do
  mkfifo "$ROOT/$name.end"
  unshare -n sh -c 'read -r _ < "$1"' sh "$ROOT/$name.end" &
  eval "pid_$name=$!"
  eval "pid=\\$pid_$name"
  while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
  ip link add "v$number" type veth peer name eth0 netns "$pid"
  ip address add 10.9.0.1/32 dev "v$number"
  ip link set "v$number" up
  ip route add "10.9.0.$number/32" dev "v$number"
  nsenter -t "$pid" -n sh -c "ip link set lo up; ip address add 10.9.0.$number/32 dev eth0; ip link set eth0 up; ip route add 10.9.0.1 dev eth0; ip route add default via 10.9.0.1"
  number=$((number + 1))
done
nft -f "$RULES"
nft 'table ip service { chain pre { type nat hook prerouting priority dstnat; ip daddr 10.9.9.9 tcp dport 80 dnat to 10.9.0.2:8080; }; }'
nsenter -t "$pid_server" -n "$NODE" -e 'for (const p of [8080, 9090]) require("net").createServer((s) => s.end()).listen(p)' &
listener=$!
sleep 0.5
try() {
  eval "pid=\\$pid_$1"
  nsenter -t "$pid" -n "$NODE" -e 'const s=require("net").connect(+process.argv[2],process.argv[1]);s.setTimeout(400,()=>{console.log("blocked");process.exit()});s.on("connect",()=>{console.log("open");process.exit()});s.on("error",(e)=>{console.log(e.code);process.exit()})' "$2" "$3"
}
try friend 10.9.0.2 8080
try friend 10.9.0.2 9090
try friend 10.9.9.9 80
try stranger 10.9.0.2 8080
try stranger 10.9.9.9 80
try server 10.9.0.3 8080
kill "$listener"
for name in server friend stranger; do echo end > "$ROOT/$name.end"; done
rm -r "$ROOT"
`;

function pod(name: string, address: string): PodView {
  return { namespace: 'one', name, labels: { app: name }, addresses: [address], ports: [{ name: 'web', containerPort: 8080 }] };
}

const policies: readonly NetworkPolicy[] = [
  { metadata: { namespace: 'one', name: 'deny', uid: '1' }, spec: { podSelector: { matchLabels: { app: 'server' } }, policyTypes: ['Ingress', 'Egress'] } },
  {
    metadata: { namespace: 'one', name: 'allow', uid: '2' },
    spec: {
      podSelector: { matchLabels: { app: 'server' } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'friend' } } }, { ipBlock: { cidr: '10.8.0.0/16', except: ['10.8.1.0/24'] } }], ports: [{ port: 'web' }] }],
    },
  },
];

const isRoot = process.getuid?.() === 0;

describe('compiled rules in the kernel', { skip: isRoot ? false : 'needs root for network namespaces' }, () => {
  it('open what a policy allows, directly and through a Service, and nothing else', async () => {
    const pods = [pod('server', '10.9.0.2'), pod('friend', '10.9.0.3'), pod('stranger', '10.9.0.4')];
    const script = compile({ pods, namespaces: new Map([['one', {}]]), policies }, { table: 'laboratory', podRange: '10.9.0.0/24' });
    const { stdout } = await run('unshare', ['-n', 'sh', '-c', `cat > "$RULES"; ${laboratory} rm "$RULES"`], {
      input: script,
      env: { NODE: process.execPath, ROOT: `/tmp/collabnet-laboratory-${process.pid}`, RULES: `/tmp/collabnet-laboratory-${process.pid}.nft` },
    });
    assert.deepEqual(stdout.trim().split('\n'), ['open', 'blocked', 'open', 'blocked', 'blocked', 'blocked']);
  });

  it('drop an address of the pod range that belongs to no known pod', async () => {
    const pods = [pod('server', '10.9.0.2'), pod('stranger', '10.9.0.4')];
    const script = compile({ pods, namespaces: new Map([['one', {}]]), policies: [] }, { table: 'laboratory', podRange: '10.9.0.0/24' });
    const { stdout } = await run('unshare', ['-n', 'sh', '-c', `cat > "$RULES"; ${laboratory} rm "$RULES"`], {
      input: script,
      env: { NODE: process.execPath, ROOT: `/tmp/collabnet-laboratory2-${process.pid}`, RULES: `/tmp/collabnet-laboratory2-${process.pid}.nft` },
    });
    const [friend, , , stranger] = stdout.trim().split('\n');
    assert.deepEqual([friend, stranger], ['blocked', 'open']);
  });
});
