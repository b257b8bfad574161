export { SoftToken } from './soft-token.ts';
