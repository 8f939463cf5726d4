import type { Answer, Authorisations, Command } from '@feiqian/bank-authorisation';
import type { Legs } from './bankLine.ts';
import type { Watch } from './watch.ts';

interface Said {
  bank: number;
  command: Command;
  code: string;
}

/** What a bank says must be so: a simple model of an issuer that keeps to its word. */
export class Told {
  readonly #violate: (what: string) => void;
  readonly #said = new Map<string, Said>();
  /** What banks have said of legs for good, by bank and number. */
  readonly #legs = new Map<string, { bank: number; rrn: string; given: boolean }>();

  constructor(violate: (what: string) => void) {
    this.#violate = violate;
  }

  /** Hears everything a bank decides. */
  listen(authorisations: Authorisations, bank: number, watch: Watch): Authorisations {
    return {
      ...authorisations,
      stats: authorisations.stats,
      decide: async (command) => {
        const answer = await authorisations.decide(command);
        this.#hear(bank, command, answer, watch);
        return answer;
      },
    };
  }

  /** Hears what a bank says of legs: posted for ever, or never. */
  listenToLegs(legs: Legs, bank: number): Legs {
    const hear = async (rrn: string, told: ReturnType<Legs['leg']>) => {
      const leg = await told;
      if (leg.state === 'not_seen') return leg;
      const given = leg.state === 'posted';
      const name = `${bank} ${rrn}`;
      const before = this.#legs.get(name);
      if (before !== undefined && before.given !== given)
        this.#violate(
          `C a bank said of leg ${rrn} that it was ${given ? 'not ' : ''}posted, and then ${leg.state}`,
        );
      this.#legs.set(name, { bank, rrn, given });
      return leg;
    };
    return {
      leg: (key) => hear(key.rrn, legs.leg(key)),
      abandon: (key) => hear(key.rrn, legs.abandon(key)),
    };
  }

  #hear(bank: number, command: Command, { code }: Answer, watch: Watch): void {
    const name = `${bank} ${command.key} ${command.fingerprint}`;
    const before = this.#said.get(name);
    if (before && before.code !== code)
      this.#violate(`C a bank answered ${before.code} and then ${code} to ${command.key}`);
    this.#said.set(name, { bank, command, code });
    if (watch.eachCommit && code === '00') this.#mustBe({ bank, command, code }, watch);
  }

  /** An approval has to stand in the bank's rows when it is given, and a reversal has to have taken its original back. */
  #mustBe({ bank, command }: Said, watch: Watch): void {
    const issuer = watch.issuers[bank];
    const { kind, rrn } = command;
    if (kind === 'reversal') {
      const original = issuer?.byRrn(rrn, ['hold', 'purchase', 'transfer_out', 'refused']);
      if (original === undefined || !['reversed', 'refused'].includes(original.state as string)) {
        this.#violate(
          `C a bank agreed to reverse ${rrn}, which is ${String(original?.state ?? 'not there')}`,
        );
      }
      return;
    }
    if (issuer?.byRrn(rrn, [kind]) === undefined)
      this.#violate(`I1 a bank approved ${kind} ${rrn}, which is not there`);
  }

  /** At the end, all that was said. */
  judge(watch: Watch): void {
    for (const said of this.#said.values()) if (said.code === '00') this.#mustBe(said, watch);
    for (const { bank, rrn, given } of this.#legs.values()) {
      if ((watch.issuers[bank]?.byRrn(rrn, ['transfer_in']) !== undefined) !== given)
        this.#violate(`C a bank said that leg ${rrn} was ${given ? '' : 'not '}posted, which is not so`);
    }
  }
}
