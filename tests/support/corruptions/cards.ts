import type { History } from '../history.ts';
import { type Corruption, nobody } from './corruption.ts';

/** Fictional, with a right check digit, in the range of a sandbox bank. */
const cardNumber = '9156009000000012';

/** Card data and tokens. */
export function cards(h: History): Corruption[] {
  const clear = (where: string, statement: string): Corruption => ({
    what: `a card number in ${where}`,
    seenBy: ['network.no_card_numbers'],
    plant: [statement],
  });
  return [
    {
      what: 'a track kept with a message',
      seenBy: ['network.messages_are_masked'],
      plant: [
        `update links.exchange set request = request || '{"35": "kept"}' where group_id = '${h.captured}'`,
      ],
    },
    {
      what: 'a PIN block kept with an answer',
      seenBy: ['network.messages_are_masked'],
      plant: [
        `update links.exchange set response = response || '{"52": "0412AC89ABCDEF67"}' where group_id = '${h.captured}'`,
      ],
    },
    clear(
      'a description',
      `update payments.payment set description = 'card ${cardNumber}' where id = '${h.created}'`,
    ),
    clear(
      'a merchant’s name',
      `update merchants.merchant set name = '(${cardNumber})' where code = (select min(code) from merchants.merchant)`,
    ),
    clear(
      'an event',
      `update outbox.event set data = '{"n":"${cardNumber}"}' where object_id = '${h.created}'`,
    ),
    clear(
      'a track in a message',
      `update links.exchange set request = request || '{"43": ";${cardNumber}=29121010000"}' where group_id = '${h.captured}'`,
    ),
    clear(
      'a bank’s statement',
      `update bank_yunzhou_accounts.movement set description = '${cardNumber}' where rrn = (select rrn from payments.payment where id = '${h.captured}')`,
    ),
    {
      what: 'a token that looks like a card number',
      seenBy: ['network.token_is_no_card_number'],
      plant: [
        `update tokens.token set number = '9156009000000010' where id = (select token_id from payments.payment where id = '${h.captured}')`,
      ],
    },
    {
      what: 'a payment with the token of another card',
      seenBy: ['network.token_is_the_payers'],
      plant: [
        `update payments.payment set token_id = (select token_id from payments.payment where id = '${h.declined}') where id = '${h.captured}'`,
      ],
    },
    {
      what: 'a pay code of another device',
      seenBy: ['network.pay_code_is_the_devices'],
      plant: [`update wallets.used_pay_code set device_id = ${nobody} where payment_id = '${h.collected}'`],
    },
    {
      what: 'a card in the wallet without a token',
      seenBy: ['network.card_has_its_token'],
      plant: [
        `update tokens.token set status = 'deleted' where id = (select token_id from payments.payment where id = '${h.captured}')`,
      ],
    },
  ];
}
