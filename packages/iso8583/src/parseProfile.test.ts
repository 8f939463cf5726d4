import { expect, test } from 'vitest';
import { decodeMessage, encodeMessage, feiqianAscii, feiqianBcd, parseProfile } from './index.ts';

function profileFrom(json: unknown) {
  const parsed = parseProfile(json);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.profile;
}

test('a built-in profile written as JSON and read back is the same profile', () => {
  for (const profile of [feiqianAscii, feiqianBcd]) {
    expect(profileFrom(JSON.parse(JSON.stringify(profile)))).toEqual(profile);
  }
});

test('a bank that differs in two fields is a profile of two fields', () => {
  const profile = profileFrom({
    name: 'yanhu',
    extends: 'feiqianAscii',
    fields: { 43: { encoding: 'utf8' }, 48: { length: { var: 'LLL', max: 500 } }, 127: null },
  });
  const message = { mti: '0200', fields: { 43: '湖畔面馆 云州' } };
  expect(decodeMessage(profile, encodeMessage(profile, message))).toEqual({ ok: true, message });
  expect(profile.fields[48]).toMatchObject({ type: 'ans', length: { max: 500 } });
  expect(profile.fields[127]).toBeUndefined();
  expect(profile.fields[4]).toEqual(feiqianAscii.fields[4]);
  expect(() => encodeMessage(feiqianAscii, message)).toThrow('field 43');
});

test('all problems are reported at once, each with its place', () => {
  const parsed = parseProfile({
    name: '',
    lengthHeader: { bytes: 3, encoding: 'binary', includesItself: 'no' },
    header: { hex: '6' },
    mti: 'ebcdic',
    bitmap: 'binary',
    colour: 'red',
    mac: { algorithm: 'aes-cmac', bytes: 4, fields: [64, 128] },
    fields: {
      1: { name: 'x', type: 'b', length: 8, encoding: 'binary' },
      4: { name: 'x', type: 'n', length: 12, encoding: 'binary' },
      5: { name: 'x', type: 'q', length: 0, encoding: 'ascii' },
      48: { name: 'x', type: 'ans', length: { var: 'LL', max: 100 }, encoding: 'ascii', extra: 1 },
      64: { name: 'x', type: 'b', length: 4, encoding: 'binary' },
      128: { name: 'x', type: 'b', length: 8, encoding: 'binary' },
    },
  });
  const places = parsed.ok ? [] : parsed.problems.map((problem) => problem.split(':')[0]);
  expect(places).toEqual(
    expect.arrayContaining([
      'profile',
      'name',
      'lengthHeader.bytes',
      'lengthHeader.includesItself',
      'header.hex',
      'mti',
      'mac.bytes',
      'mac',
      'fields.1',
      'fields.4.encoding',
      'fields.5.type',
      'fields.5.length',
      'fields.48',
      'fields.48.length.max',
    ]),
  );
});

test('what is no profile at all is refused, not thrown', () => {
  for (const json of [
    null,
    undefined,
    1,
    'x',
    [],
    {},
    { extends: 'nobody' },
    { extends: 'toString' },
    { fields: [] },
  ]) {
    expect(parseProfile(json).ok).toBe(false);
  }
});
