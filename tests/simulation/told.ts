import type { Answer, Authorisations, Command } from '@feiqian/bank-authorisation';
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
      const original = issuer?.byRrn(rrn, ['hold', 'purchase', 'refused']);
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
  }
}
