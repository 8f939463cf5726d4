import { compileField, type FieldCodec } from './fieldCodec.ts';
import { isFieldNumber, type MessageProfile } from './profile.ts';

/** A profile turned into codecs, indexed by field number. */
export interface CompiledProfile {
  readonly header: Uint8Array;
  readonly headerCheck: 'exact' | 'any';
  readonly mti: FieldCodec;
  readonly bitmapHex: boolean;
  readonly fields: readonly (FieldCodec | undefined)[];
  /** The most bytes a message of this profile can have. */
  readonly messageBytesMax: number;
}

const cache = new WeakMap<MessageProfile, CompiledProfile>();

/** Compiles a profile at its first use; the result lives as long as the profile does. */
export function compiled(profile: MessageProfile): CompiledProfile {
  let plan = cache.get(profile);
  if (plan === undefined) {
    plan = compile(profile);
    cache.set(profile, plan);
  }
  return plan;
}

function compile(profile: MessageProfile): CompiledProfile {
  const header = new Uint8Array(Buffer.from(profile.header?.hex ?? '', 'hex'));
  const fields: (FieldCodec | undefined)[] = new Array(129).fill(undefined);
  let messageBytesMax = header.length + 4 + 32;
  for (const [key, format] of Object.entries(profile.fields)) {
    const field = Number(key);
    if (!isFieldNumber(field)) throw new RangeError(`profile ${profile.name}: field ${key} does not exist`);
    const codec = compileField(format);
    fields[field] = codec;
    messageBytesMax += codec.bytesMax;
  }
  return {
    header,
    headerCheck: profile.header?.check ?? 'exact',
    mti: compileField({ name: 'Message type', type: 'n', length: 4, encoding: profile.mti }),
    bitmapHex: profile.bitmap === 'hex',
    fields,
    messageBytesMax,
  };
}
