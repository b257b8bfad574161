import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { formatEndpoint, type Endpoint } from '@collabnet/fabric-network';
import type { MemberAddresses } from './member-addresses.ts';

const ANSWER_MS = 3_000;

/**
 * Whether a node answers at its address with a certificate of one of these authorities.
 *
 * @param allowed of what another institution names, what may be connected to
 * @returns why not; undefined when it does
 */
export function tlsProblem(node: Endpoint, authorities: readonly string[], allowed: MemberAddresses): Promise<string | undefined> {
  const refused = allowed.problemOf(node);
  if (refused !== undefined) return Promise.resolve(`${formatEndpoint(node)}: ${refused}`);
  return new Promise((resolve) => {
    const socket = connect({
      host: node.host,
      port: node.port,
      lookup: allowed.lookup,
      ...(isIP(node.host) === 0 && { servername: node.host }),
      ca: [...authorities],
      ALPNProtocols: ['h2'],
      timeout: ANSWER_MS,
    });
    const end = (problem?: string): void => {
      socket.destroy();
      resolve(problem === undefined ? undefined : `${formatEndpoint(node)}: ${problem}`);
    };
    socket.once('secureConnect', () => end());
    socket.once('timeout', () => end(`no answer within ${ANSWER_MS} ms`));
    // Of several addresses that all refuse, only the code is told.
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.message || error.code || 'no connection'));
  });
}

/** As {@link tlsProblem}, of several nodes of which one has to answer. */
export async function noneAnswers(nodes: readonly Endpoint[], authorities: readonly string[], allowed: MemberAddresses): Promise<string | undefined> {
  const problems = await Promise.all(nodes.map((node) => tlsProblem(node, authorities, allowed)));
  return problems.includes(undefined) ? undefined : problems.join('; ');
}
