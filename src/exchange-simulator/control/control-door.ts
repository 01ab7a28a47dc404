// How is the simulator itself controlled from outside? JSON over HTTP and a WebSocket under /control, past all faults.
import { Fields, objectFields, parseJson } from '../venues/fields.ts';
import type { SideDoor } from '../transport/side-door.ts';
import type { VenueReply, VenueRequest } from '../venues/venue-codec.ts';
import type { ControlParts } from './control-parts.ts';
import { operate, type ControlAnswer } from './operations.ts';

const ROOT = '/control';

/** The control API as a side door of the server. */
export function createControlDoor(parts: ControlParts): SideDoor {
  return {
    owns: (path) => path === ROOT || path.startsWith(`${ROOT}/`),
    async handle(request) {
      const name = request.path.slice(ROOT.length + 1);
      const asked = readRequest(request);
      if (asked === undefined) return replyOf({ problem: 'the body is not a JSON object' });
      return replyOf(await guarded(() => operate(name, parts, asked.fields, asked.body)));
    },
    async answer(text) {
      const body = parseJson(text);
      const fields = objectFields(body);
      if (fields === undefined) return jsonText({ problem: 'the frame is not a JSON object' });
      const id = fields.text('id');
      const answer = await guarded(() => operate(fields.text('op') ?? '', parts, fields, body));
      return jsonText({ ...(id === undefined ? {} : { id }), ...answer });
    },
  };
}

/** A stroke of fate may meet a state in which it makes no sense; whoever asked for it must hear of it. */
async function guarded(act: () => Promise<ControlAnswer>): Promise<ControlAnswer> {
  try {
    return await act();
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Fields of the query and of the body together. */
function readRequest({ query, body }: VenueRequest): { fields: Fields; body: unknown } | undefined {
  const parsed = body.trim() === '' ? {} : parseJson(body);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return { fields: new Fields(new Map<string, unknown>([...query, ...Object.entries(parsed)])), body: parsed };
}

/** Amounts in atoms are texts, since JSON has no whole numbers of that size. */
function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}

function replyOf(answer: ControlAnswer): VenueReply {
  return 'problem' in answer
    ? { status: 400, body: jsonText({ error: answer.problem }) }
    : { status: 200, body: jsonText(answer.result) };
}
