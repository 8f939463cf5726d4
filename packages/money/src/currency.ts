/** A currency of ISO 4217: alphabetic code, numeric code, digits of the minor unit, and the sign people know it by. */
export interface Currency {
  readonly code: string;
  readonly numeric: string;
  /** How many digits the minor unit has: 2 for CNY (fen), 0 for JPY. */
  readonly digits: number;
  readonly symbol?: string;
  readonly en: string;
  readonly zh: string;
}

const list: readonly Currency[] = [
  row('AED', '784', 2, 'UAE dirham', '阿联酋迪拉姆'),
  row('AUD', '036', 2, 'Australian dollar', '澳大利亚元'),
  row('BHD', '048', 3, 'Bahraini dinar', '巴林第纳尔'),
  row('BRL', '986', 2, 'Brazilian real', '巴西雷亚尔', 'R$'),
  row('CAD', '124', 2, 'Canadian dollar', '加拿大元'),
  row('CHF', '756', 2, 'Swiss franc', '瑞士法郎'),
  row('CLP', '152', 0, 'Chilean peso', '智利比索'),
  row('CNY', '156', 2, 'Yuan renminbi', '人民币元', '¥'),
  row('CZK', '203', 2, 'Czech koruna', '捷克克朗'),
  row('DKK', '208', 2, 'Danish krone', '丹麦克朗'),
  row('EGP', '818', 2, 'Egyptian pound', '埃及镑'),
  row('EUR', '978', 2, 'Euro', '欧元', '€'),
  row('GBP', '826', 2, 'Pound sterling', '英镑', '£'),
  row('HKD', '344', 2, 'Hong Kong dollar', '港元', 'HK$'),
  row('HUF', '348', 2, 'Forint', '匈牙利福林'),
  row('IDR', '360', 2, 'Rupiah', '印度尼西亚卢比'),
  row('ILS', '376', 2, 'New Israeli sheqel', '以色列新谢克尔'),
  row('INR', '356', 2, 'Indian rupee', '印度卢比', '₹'),
  row('JOD', '400', 3, 'Jordanian dinar', '约旦第纳尔'),
  row('JPY', '392', 0, 'Yen', '日元'),
  row('KHR', '116', 2, 'Riel', '柬埔寨瑞尔'),
  row('KRW', '410', 0, 'Won', '韩元', '₩'),
  row('KWD', '414', 3, 'Kuwaiti dinar', '科威特第纳尔'),
  row('KZT', '398', 2, 'Tenge', '哈萨克斯坦坚戈'),
  row('LAK', '418', 2, 'Lao kip', '老挝基普'),
  row('MMK', '104', 2, 'Kyat', '缅甸元'),
  row('MNT', '496', 2, 'Tugrik', '蒙古图格里克'),
  row('MOP', '446', 2, 'Pataca', '澳门元', 'MOP$'),
  row('MXN', '484', 2, 'Mexican peso', '墨西哥比索'),
  row('MYR', '458', 2, 'Malaysian ringgit', '马来西亚林吉特', 'RM'),
  row('NOK', '578', 2, 'Norwegian krone', '挪威克朗'),
  row('NZD', '554', 2, 'New Zealand dollar', '新西兰元'),
  row('OMR', '512', 3, 'Rial Omani', '阿曼里亚尔'),
  row('PHP', '608', 2, 'Philippine peso', '菲律宾比索', '₱'),
  row('PKR', '586', 2, 'Pakistan rupee', '巴基斯坦卢比'),
  row('PLN', '985', 2, 'Zloty', '波兰兹罗提'),
  row('QAR', '634', 2, 'Qatari rial', '卡塔尔里亚尔'),
  row('RUB', '643', 2, 'Russian ruble', '俄罗斯卢布', '₽'),
  row('SAR', '682', 2, 'Saudi riyal', '沙特里亚尔'),
  row('SEK', '752', 2, 'Swedish krona', '瑞典克朗'),
  row('SGD', '702', 2, 'Singapore dollar', '新加坡元', 'S$'),
  row('THB', '764', 2, 'Baht', '泰铢', '฿'),
  row('TRY', '949', 2, 'Turkish lira', '土耳其里拉'),
  row('TWD', '901', 2, 'New Taiwan dollar', '新台币', 'NT$'),
  row('USD', '840', 2, 'US dollar', '美元', 'US$'),
  row('VND', '704', 0, 'Dong', '越南盾', '₫'),
  row('ZAR', '710', 2, 'Rand', '南非兰特'),
];

function row(
  code: string,
  numeric: string,
  digits: number,
  en: string,
  zh: string,
  symbol?: string,
): Currency {
  return symbol === undefined ? { code, numeric, digits, en, zh } : { code, numeric, digits, symbol, en, zh };
}

const byCode = new Map(list.map((currency) => [currency.code, currency]));
const byNumeric = new Map(list.map((currency) => [currency.numeric, currency]));

/** All currencies of the table, by code. */
export const CURRENCIES: readonly Currency[] = list;

/** The currency of an alphabetic code (`CNY`) or a numeric one (`156`); null when it is not in the table. */
export function findCurrency(code: string): Currency | null {
  return byCode.get(code) ?? byNumeric.get(code) ?? null;
}

/** Like {@link findCurrency}, for codes that have been checked before: an unknown one is a bug and throws. */
export function currencyOf(code: string): Currency {
  const currency = findCurrency(code);
  if (currency === null) throw new RangeError(`${code} is not a currency of the table`);
  return currency;
}
