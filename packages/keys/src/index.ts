/** What runs the same in a browser and in Node; `@feiqian/keys/node` has what needs `node:crypto`. */

export { maskCardNumbers } from './cardNumbers.ts';
export {
  agreementSalt,
  requestKeyBytes,
  requestKeyInfo,
  type SignedRequest,
  signatureHeaders,
  textToEnrol,
  textToSign,
} from './deviceSignature.ts';
export { isLuhnValid, luhnCheckDigit } from './luhn.ts';
export { maskPan } from './mask.ts';
export { Pan } from './pan.ts';
export {
  PAY_CODE_DIGITS,
  PAY_CODE_PREFIX,
  PAY_CODE_SECRET_BYTES,
  PAY_CODE_STEP_MS,
  PAY_CODE_STEPS_AHEAD,
  PAY_CODE_STEPS_BACK,
  type PayCodeInput,
  type PayCodeParts,
  parsePayCode,
  payCode,
  payCodeStep,
  type VerifiedPayCode,
  type VerifyPayCodeInput,
  verifyPayCode,
} from './payCode.ts';
