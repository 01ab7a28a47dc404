// What do the channels of the tests talk to? Small servers on this machine that note what comes, refuse, or hang.
import { createServer as createHttp, type IncomingHttpHeaders } from 'node:http';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls, TLSSocket } from 'node:tls';

export interface HttpCallSeen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FakeHttp {
  readonly url: string;
  readonly seen: HttpCallSeen[];
  close(): Promise<void>;
}

type Reply = { readonly status: number; readonly body?: string } | 'hang';

export async function fakeHttp(reply: (call: HttpCallSeen) => Reply | Promise<Reply>): Promise<FakeHttp> {
  const seen: HttpCallSeen[] = [];
  const server = createHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    const finish = async (): Promise<void> => {
      const call = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() };
      seen.push(call);
      const answer = await reply(call);
      if (answer !== 'hang') response.writeHead(answer.status).end(answer.body ?? '');
    };
    request.on('end', () => void finish());
  });
  const port = await listen(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, seen, close };
}

export type SmtpManner = 'tls' | 'starttls' | 'plain' | 'refuses-login' | 'refuses-mail' | 'hangs';

export interface FakeSmtp {
  readonly port: number;
  /** Whole mails, with their headers. */
  readonly mails: string[];
  /** What was said before the connection was safe. */
  readonly inTheClear: string[];
  close(): Promise<void>;
}

export async function fakeSmtp(
  manner: SmtpManner,
  { key, cert }: { readonly key: string; readonly cert: string },
): Promise<FakeSmtp> {
  const mails: string[] = [];
  const inTheClear: string[] = [];
  const sockets = new Set<Socket>();
  const talk = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (manner !== 'hangs') converse(socket, { manner, key, cert, mails, inTheClear });
  };
  const server = manner === 'tls' ? createTls({ key, cert }, talk) : createTcp(talk);
  server.on('tlsClientError', () => undefined);
  const port = await listen(server);
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { port, mails, inTheClear, close };
}

interface Talk {
  readonly manner: SmtpManner;
  readonly key: string;
  readonly cert: string;
  readonly mails: string[];
  readonly inTheClear: string[];
}

function converse(first: Socket, talk: Talk): void {
  const { manner, key, cert, mails, inTheClear } = talk;
  let socket = first;
  let mail: string[] | undefined;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const hear = (line: string): void => {
    if (mail !== undefined) {
      if (line !== '.') mail.push(line);
      else {
        mails.push(mail.join('\n'));
        mail = undefined;
        say('250 taken');
      }
      return;
    }
    if (!(socket instanceof TLSSocket)) inTheClear.push(line);
    const word = line.split(' ')[0].toUpperCase();
    if (word === 'EHLO')
      say(
        manner === 'starttls' && !(socket instanceof TLSSocket)
          ? '250-fake\r\n250 STARTTLS'
          : '250-fake\r\n250 AUTH PLAIN',
      );
    else if (word === 'STARTTLS' && manner !== 'starttls') say('502 what?');
    else if (word === 'STARTTLS') {
      say('220 go');
      socket.removeAllListeners('data');
      socket = new TLSSocket(first, { isServer: true, key, cert });
      socket.on('error', () => undefined);
      listenTo(socket, hear);
    } else if (word === 'AUTH') say(manner === 'refuses-login' ? `535 no: ${line.split(' ')[2]}` : '235 welcome');
    else if (word === 'RCPT' && manner === 'refuses-mail') say('550 no such box');
    else if (word === 'DATA') {
      mail = [];
      say('354 go on');
    } else say(word === 'QUIT' ? '221 bye' : '250 ok');
  };
  listenTo(socket, hear);
  say('220 fake');
}

function listenTo(socket: Socket, hear: (line: string) => void): void {
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  return (server.address() as AddressInfo).port;
}
