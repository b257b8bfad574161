import { breakOutOf } from './break-out-pod.ts';
import type { Address } from './probe.ts';

const ENGINE_IMAGE = 'collabnet/engine-spu:dev';

/** What became of each attempt to get out: the name of the error, or `ok`. */
export type Attempts = Readonly<Record<string, string>>;

/**
 * Confines itself with the engine's own code for a job with one peer, then tries everything that leads out. The results
 * go to the termination message, whose file is opened before, because the confinement would refuse that too.
 */
const SCRIPT = `
import ctypes, errno, json, os, socket, sys
from pathlib import Path
from runner import confinement, job
addresses = json.loads(sys.argv[1])
answer = os.open('/dev/termination-log', os.O_WRONLY)
root = Path('/work')
for name in ('engine', 'in', 'out', 'courier'):
    (root / name).mkdir(exist_ok=True)
(root / 'in' / 'left.csv').write_text('id,collabnet_row\\n')
(root / 'courier' / 'rows.csv').write_text('private')
work = job.read_job(json.dumps({
    'schema': 'collabnet.dev/engine-job/v1', 'task': 't', 'step': 's', 'attempt': 1, 'algorithm': {'name': 'psi', 'version': '1.0.0'},
    'self': 'a', 'parties': [{'name': 'a', 'address': '127.0.0.1:9101'}, {'name': 'b', 'address': '127.0.0.1:9102'}],
    'inputs': [{'name': 'left', 'path': '/work/in/left.csv', 'keys': ['id'], 'rows': 1}],
    'outputs': [{'name': 'result', 'path': '/work/out/result.csv'}],
    'parameters': {'protocol': 'RR22', 'join': 'Inner', 'receivers': ['a'], 'broadcast': False}, 'timeoutSeconds': 60}), root)
isolation = confinement.confine_start()
confinement.confine_job(isolation, work, root / 'engine', Path('/opt/spu'))

def attempt(act):
    try:
        act()
    except OSError as error:
        return errno.errorcode.get(error.errno, type(error).__name__)
    return 'ok'

def dial(address):
    host, port = address.rsplit(':', 1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(3)
        s.connect((host, int(port)))

def make(family, kind, protocol=0):
    return lambda: socket.socket(family, kind, protocol).close()

def call(number, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    def act():
        if libc.syscall(number, *arguments) < 0:
            raise OSError(ctypes.get_errno(), 'refused')
    return act

found = {'tcp ' + address: attempt(lambda: dial(address)) for address in addresses}
found.update({
    'udp': attempt(make(socket.AF_INET, socket.SOCK_DGRAM)),
    'name lookup': attempt(lambda: socket.getaddrinfo('kubernetes.default.svc', 443)),
    'raw': attempt(make(socket.AF_INET, socket.SOCK_RAW, 1)),
    'ipv6': attempt(make(socket.AF_INET6, socket.SOCK_STREAM)),
    'packet': attempt(make(socket.AF_PACKET, socket.SOCK_RAW)),
    'netlink': attempt(make(socket.AF_NETLINK, socket.SOCK_RAW)),
    'unix': attempt(make(socket.AF_UNIX, socket.SOCK_STREAM)),
    'vsock': attempt(make(40, socket.SOCK_STREAM)),
    'listen elsewhere': attempt(lambda: socket.create_server(('0.0.0.0', 9999)).close()),
    'io_uring': attempt(call(425, 1, 0)),
    'ptrace': attempt(call(101, 0, 0, 0, 0)),
    'new namespaces': attempt(call(272, 0x10000000)),
    'mount': attempt(call(165, b'none', b'/work', b'tmpfs', 0, 0)),
    'bpf': attempt(call(321, 0, 0, 0)),
    'rows of the courier': attempt(lambda: (root / 'courier' / 'rows.csv').read_text()),
    'account token': attempt(lambda: os.listdir('/var/run/secrets')),
    'own input': attempt(lambda: (root / 'in' / 'left.csv').read_text()),
})
os.write(answer, json.dumps(found).encode())
`;

/** Runs a confined engine in a namespace and tells what it could do. */
export function breakOut(namespace: string, addresses: readonly Address[]): Promise<Attempts> {
  return breakOutOf(namespace, { container: 'engine', image: ENGINE_IMAGE, command: ['python3.11', '-c', SCRIPT, JSON.stringify(addresses)] });
}
