export { OtlpReceiver } from './otlp-receiver.ts';
export type { ReceivedSpan } from './otlp-receiver.ts';
