export {
  CPM_CHARACTERS_MAX,
  type CpmError,
  cpmToPayCode,
  type DecodedCpm,
  decodeCpm,
  encodeCpm,
  FEIQIAN_AID,
  payCodeToCpm,
} from './cpm.ts';
export { crc16 } from './crc.ts';
export {
  FEIQIAN_GUID,
  type FeiqianCode,
  type FeiqianRead,
  feiqianMpm,
  type LocalText,
  REFERENCE_CHARACTERS_MAX,
  type ReadFeiqianCode,
  readFeiqianMpm,
} from './feiqian.ts';
export {
  type AdditionalData,
  type DecodedMpm,
  decodeMpm,
  encodeMpm,
  type MerchantAccount,
  type MerchantPresented,
  type MpmTemplate,
  type Tip,
} from './mpm.ts';
export { mpmName } from './names.ts';
export {
  encodeMpmTree,
  type MpmError,
  type MpmErrorCode,
  MpmFormatError,
  type MpmNode,
  PAYLOAD_CHARACTERS_MAX,
  VALUE_CHARACTERS_MAX,
} from './tree.ts';
