import type { SpendingCategory } from '@feiqian/contract';

/**
 * Merchant category codes (ISO 18245) from, to, and what people spend on there; in order and without overlaps. A code
 * that stands nowhere is `other`.
 */
export const categoryRanges: readonly (readonly [from: number, to: number, category: SpendingCategory])[] = [
  [742, 742, 'services'], // veterinary
  [763, 780, 'home'], // gardens
  [1520, 1799, 'home'], // building contractors
  [3000, 3999, 'travel'], // airlines, car rental and lodging by name
  [4011, 4011, 'transport'], // railways, freight
  [4111, 4112, 'transport'], // commuter transport, passenger railways
  [4119, 4119, 'health'], // ambulances
  [4121, 4131, 'transport'], // taxis, buses
  [4214, 4225, 'services'], // removal, couriers, storage
  [4411, 4411, 'travel'], // cruise lines
  [4457, 4468, 'leisure'], // boats, marinas
  [4511, 4582, 'travel'], // airlines, airports
  [4722, 4723, 'travel'], // travel agencies
  [4784, 4789, 'transport'], // tolls, other transport
  [4812, 4899, 'home'], // telephone, internet, television
  [4900, 4900, 'home'], // power, gas, water, sanitation
  [5013, 5021, 'shopping'],
  [5039, 5039, 'home'], // building materials
  [5045, 5046, 'shopping'],
  [5047, 5047, 'health'], // medical supplies
  [5051, 5072, 'shopping'],
  [5074, 5074, 'home'], // plumbing, heating
  [5085, 5111, 'shopping'],
  [5122, 5122, 'health'], // drugs, wholesale
  [5131, 5169, 'shopping'],
  [5172, 5172, 'transport'], // petroleum
  [5192, 5199, 'shopping'],
  [5200, 5271, 'home'], // building, garden
  [5300, 5399, 'shopping'], // department and general stores
  [5411, 5499, 'groceries'], // supermarkets, butchers, bakeries
  [5511, 5599, 'transport'], // vehicles, parts, fuel
  [5611, 5699, 'shopping'], // clothing
  [5712, 5719, 'home'], // furniture
  [5722, 5722, 'home'], // household appliances
  [5732, 5734, 'shopping'], // electronics, music, software
  [5735, 5735, 'leisure'], // records
  [5811, 5814, 'dining'], // caterers, restaurants, bars, fast food
  [5815, 5818, 'leisure'], // digital goods
  [5912, 5912, 'health'], // pharmacies
  [5921, 5921, 'groceries'], // drink
  [5931, 5940, 'shopping'],
  [5941, 5941, 'leisure'], // sporting goods
  [5942, 5943, 'education'], // books, stationery
  [5944, 5944, 'shopping'], // jewellery
  [5945, 5947, 'leisure'], // toys, cameras, gifts
  [5948, 5974, 'shopping'],
  [5975, 5976, 'health'], // hearing aids, orthopaedic goods
  [5977, 5982, 'shopping'],
  [5983, 5983, 'home'], // heating fuel
  [5992, 5999, 'shopping'],
  [6300, 6399, 'services'], // insurance
  [6513, 6513, 'home'], // rent
  [7011, 7033, 'travel'], // lodging, camps
  [7210, 7217, 'home'], // laundry, cleaning
  [7221, 7299, 'services'], // photography, hairdressers, other personal
  [7311, 7399, 'services'], // business services
  [7512, 7519, 'travel'], // car rental
  [7523, 7549, 'transport'], // parking, repair, car wash, towing
  [7622, 7641, 'home'], // repair
  [7692, 7699, 'services'],
  [7800, 7999, 'leisure'], // cinema, theatre, sport, games
  [8011, 8099, 'health'], // doctors, hospitals
  [8111, 8111, 'services'], // lawyers
  [8211, 8299, 'education'], // schools
  [8351, 8351, 'education'], // child care
  [8398, 8699, 'services'], // charities, associations
  [8734, 8999, 'services'],
  [9211, 9405, 'services'], // courts, fines, taxes, postage
];

/** What people spend on at a merchant of this code, four digits. */
export function categoryOf(mcc: string): SpendingCategory {
  const code = Number(mcc);
  return categoryRanges.find(([from, to]) => code >= from && code <= to)?.[2] ?? 'other';
}
