import type { Problem } from '@feiqian/contract';
import { type Case, takes } from './cases.ts';
import type { Heard } from './send.ts';

const refusedForItsForm = [
  '400 invalid_request',
  '400 invalid_identifier',
  '400 idempotency_key_missing',
  '413 payload_too_large',
  '415 unsupported_media_type',
];
/** An address of which no route takes the identifier, such as one that is too long. */
const refusedForItsAddress = '404 not_found';
const strangersOnly = [
  '401 unauthenticated',
  '403 forbidden',
  '403 signature_required',
  '403 signature_invalid',
];
/** What an answer must never tell: the inside of the server. */
const inside =
  / at .*\.[tm]?[jt]s:|node_modules|\bselect \b.* from |insert into |invalid byte sequence|syntax error at/i;

/** What is wrong with an answer, in words; null when it is as documented. */
export function judge({ operation, kind, what }: Case, heard: Heard): string | null {
  const documented = operation.answers.get(heard.status);
  const wrong = (why: string) =>
    `${operation.name} ${what} (${kind}): ${why}; answered ${heard.status} ${heard.type} ${heard.text.slice(0, 300)}`;
  if (heard.status >= 500) return wrong('it failed');
  if (inside.test(heard.text)) return wrong('the inside is told');
  if (heard.requestId === null) return wrong('no request id');
  const unknownAddress = kind === 'invalid' && what.startsWith('at ') && heard.status === 404;
  if (!documented && !unknownAddress) return wrong('an undocumented status');
  if (heard.status < 400) {
    if (kind === 'invalid' || kind === 'stranger') return wrong('it was taken');
    if (documented?.type !== heard.type) return wrong(`not of the documented type ${documented?.type}`);
    if (documented.type !== 'application/json') return null;
    const body = parsed(heard.text);
    return documented.schema !== null && !takes(documented.schema, body)
      ? wrong('not of the documented form')
      : null;
  }
  return judgeProblem(heard, kind, wrong, documented?.codes ?? ['not_found'], documented?.schema ?? null);
}

function judgeProblem(
  heard: Heard,
  kind: Case['kind'],
  wrong: (why: string) => string,
  codes: readonly string[],
  schema: Parameters<typeof takes>[0] | null,
): string | null {
  if (heard.type !== 'application/problem+json') return wrong('no problem document');
  const problem = parsed(heard.text) as Problem;
  if (schema !== null && !takes(schema, problem)) return wrong('not a problem as documented');
  if (problem.status !== heard.status) return wrong('the problem tells another status');
  if (problem.type !== `/docs/errors#${problem.code}`) return wrong('the problem tells another type');
  if (problem.request_id !== heard.requestId) return wrong('the problem tells another request');
  if (!codes.includes(problem.code)) return wrong(`${problem.code} is not documented`);
  const told = `${heard.status} ${problem.code}`;
  const form = refusedForItsForm.includes(told);
  if (kind === 'invalid' && !form && told !== refusedForItsAddress)
    return wrong('it is refused for something else');
  if (kind === 'valid' && form) return wrong('what is documented is refused for its form');
  if (kind === 'stranger' && !strangersOnly.includes(told)) return wrong('a stranger is told something else');
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
