import { serveAltered } from './serve-altered.ts';

// Whatever is published, it writes down as described otherwise.
serveAltered((outcome) => ({ ...outcome, writes: outcome.writes.map(({ key, text }) => ({ key, ...(text !== undefined && { text: text.replaceAll('made for tests', 'altered') }) })) }));
