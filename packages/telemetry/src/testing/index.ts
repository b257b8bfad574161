export { OtlpReceiver } from './otlp-receiver.ts';
export { spansOf, type ReceivedSpan } from './otlp-request.ts';
