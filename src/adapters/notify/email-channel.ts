// How do alerts become e-mails? Over SMTP with TLS from the start, or begun in the open and refused without TLS.
import { createTransport } from 'nodemailer';
import type { Notifier } from '../../ports/notifier.ts';

export interface EmailAddress {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly from: string;
  readonly to: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Certificate that is trusted besides those of the system. */
  readonly certificate?: string | undefined;
}

const LIMIT_MS = 8_000;
/** What a login looks like on the wire. */
const CODED = /[A-Za-z0-9+/=]{20,}/g;

export function emailChannel(address: EmailAddress): Notifier {
  const { host, port, security, from, to, user, password, certificate } = address;
  return {
    name: 'email',
    async send({ title, text, severity, time }, signal) {
      const transport = createTransport({
        host,
        port,
        secure: security === 'tls',
        requireTLS: security === 'starttls',
        ignoreTLS: security === 'none',
        connectionTimeout: LIMIT_MS,
        greetingTimeout: LIMIT_MS,
        socketTimeout: LIMIT_MS,
        ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
        ...(certificate === undefined ? {} : { tls: { ca: certificate } }),
      });
      const close = (): void => transport.close();
      signal.addEventListener('abort', close, { once: true });
      const subject = `[perpilot] ${severity === 'critical' ? 'CRITICAL: ' : ''}${title}`;
      const body = `${text === '' ? title : text}\n\n${new Date(time).toISOString()}\n`;
      const failure = await transport.sendMail({ from, to, subject, text: body }).then(
        () => undefined,
        (error: unknown) => reasonOf(error, password),
      );
      signal.removeEventListener('abort', close);
      close();
      if (failure !== undefined) throw new Error(`email: ${failure}`);
    },
  };
}

function reasonOf(error: unknown, password: string | undefined): string {
  const text = error instanceof Error ? error.message : String(error);
  const shown = password === undefined || password === '' ? text : text.replaceAll(password, '…');
  return shown.replaceAll(CODED, '…').replaceAll(/\s+/g, ' ').slice(0, 200);
}
