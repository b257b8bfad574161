import type { AlgorithmContent } from '@collabnet/contracts';
import type { EngineName } from '@collabnet/flow';
import type { OperatorConfig } from '../../../institution/config.ts';

/** Helm value of the image of each engine. */
const VALUES = { spu: 'engineSpu', sets: 'engineSets' } as const satisfies Record<EngineName, keyof OperatorConfig['images']>;

/** `repository[:tag][@digest]` in parts. */
interface ImageParts {
  repository: string;
  tag?: string;
  digest?: string;
}

/** Image that this institution runs for an engine. */
export function engineImage({ images }: Pick<OperatorConfig, 'images'>, engine: EngineName): string {
  return images[VALUES[engine]];
}

/** What is wrong with the engine image that this institution would run, or undefined. */
export function engineImageFault(configured: string, algorithm: AlgorithmContent): string | undefined {
  const value = `images.${VALUES[algorithm.engine]}`;
  const own = parse(configured);
  const registered = parse(algorithm.image);
  const name = `${algorithm.name} ${algorithm.version}`;
  const wanted = algorithm.imageDigest ?? registered.digest;
  if (own.digest !== undefined && wanted !== undefined && own.digest !== wanted) return `${name} is registered with image digest ${wanted}, this institution would run ${own.digest}`;
  if (own.digest === undefined && wanted !== undefined) return `${name} is registered with image digest ${wanted}; pin it with the Helm value ${value}.digest`;
  if (path(own) !== path(registered)) return `${name} is registered with image ${algorithm.image}, this institution would run ${configured}; correct the Helm values ${value}`;
  if (wanted === undefined && own.tag !== registered.tag) return `${name} is registered with image ${algorithm.image}, this institution would run ${configured}; correct the Helm value ${value}.tag`;
  return undefined;
}

/** Digest by which an image is pinned. */
export function digestOfImage(image: string): string | undefined {
  return parse(image).digest;
}

function parse(image: string): ImageParts {
  const [name = '', digest] = image.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  return {
    repository: tagged ? name.slice(0, colon) : name,
    tag: tagged ? name.slice(colon + 1) : 'latest',
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Name without its registry: each institution may pull from a mirror of its own. */
function path({ repository }: ImageParts): string {
  const [first = '', ...rest] = repository.split('/');
  return rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost') ? rest.join('/') : repository;
}
