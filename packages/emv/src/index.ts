export { tagName } from './tags.ts';
export {
  type DecodedTlv,
  decodeTlv,
  encodeTlv,
  findTag,
  findValue,
  isConstructed,
  TLV_LIMITS,
  type TlvConstructed,
  type TlvError,
  type TlvErrorCode,
  TlvFormatError,
  type TlvLimits,
  type TlvNode,
  type TlvPadding,
  type TlvPrimitive,
  toHex,
} from './tlv.ts';
