/** Field 39 as this bank uses it; what each means stands in `RESPONSE_CODES` of `@feiqian/iso8583`. */
export type ResponseCode =
  | '00'
  | '05'
  | '12'
  | '13'
  | '14'
  | '25'
  | '30'
  | '41'
  | '43'
  | '46'
  | '51'
  | '54'
  | '57'
  | '61'
  | '62'
  | '64'
  | '91'
  | '94'
  | '96'
  | 'A0';

/** Answered to the original of a reversal that overtook it. */
export const refusedInAdvance: ResponseCode = '05';
