import { MemoryDriver, contractSuite } from './testing/index.ts';

contractSuite((payload) => new MemoryDriver(payload));
