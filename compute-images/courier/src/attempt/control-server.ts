import { attemptControlSubject } from '@collabnet/messaging';
import type { AttemptAddress, NatsConnection } from '@collabnet/messaging';
import type { Logger } from '@collabnet/telemetry';
import { controlRequestSchema } from '@collabnet/wire';
import type { ControlReply } from '@collabnet/wire';
import type { Attempt } from './attempt.ts';

/** Answers the operator; nobody else of the institution may publish on this subject. */
export function serveControl(connection: NatsConnection, address: AttemptAddress, attempt: Attempt, logger: Logger): void {
  connection.subscribe(attemptControlSubject(address), {
    callback: (error, message) => {
      if (error) {
        logger.warn({ err: error }, 'control subscription');
        return;
      }
      answer(attempt, message.data).then(
        (reply) => message.respond(JSON.stringify(reply)),
        (cause: unknown) => logger.error({ err: cause }, 'control request'),
      );
    },
  });
}

async function answer(attempt: Attempt, data: Uint8Array): Promise<ControlReply> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    value = undefined;
  }
  const request = controlRequestSchema.safeParse(value);
  if (request.success) return attempt.control(request.data);
  const issue = request.error.issues[0];
  return { ok: false, error: { code: 'INVALID_ARGUMENT', message: `request: ${issue?.message ?? 'malformed'}`, field: issue?.path.join('.') ?? '' } };
}
