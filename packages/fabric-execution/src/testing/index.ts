export { MemoryReader } from './memory-reader.ts';
export { StampedDriver, type Claims } from './stamped-driver.ts';
