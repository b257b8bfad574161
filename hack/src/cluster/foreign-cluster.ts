import { resolve } from 'node:path';
import { files } from './layout.ts';

/** The KUBECONFIG of the environment when it is set and is not that of the local cluster. */
export function foreignKubeconfig(): string | undefined {
  const given = process.env['KUBECONFIG'];
  return given === undefined || given === '' || resolve(given) === files.adminKubeconfig ? undefined : given;
}
