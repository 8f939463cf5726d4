/** One token of a statement. Names and keywords are lower case; quoted names and strings keep their case. */
export interface Token {
  kind: 'name' | 'string' | 'number' | 'param' | 'symbol' | 'end';
  text: string;
  /** Where it begins, for error messages. */
  at: number;
}

/** SQL that this engine does not know: it says so instead of guessing. */
export class NotUnderstood extends Error {
  override name = 'NotUnderstood';
  constructor(what: string, text: string, at = 0) {
    super(`the memory database does not understand ${what} at «${text.slice(at, at + 80)}» in:\n${text}`);
  }
}

const pattern =
  /(\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(\$([a-z_]*)\$[\s\S]*?\$\3\$)|e'((?:[^'\\]|''|\\.)*)'|([a-z_][a-z0-9_$]*)|"([^"]+)"|'((?:[^']|'')*)'|(\d+(?:\.\d+)?)|\$(\d+)|(::|<>|!=|<=|>=|\|\||->>|->|[-+*/%&|~=<>(),.;[\]])/giy;

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** What an escape string (`e'…'`) stands for. */
function unescaped(text: string): string {
  return text.replaceAll("''", "'").replace(/\\(.)/g, (_, c: string) => escapes[c] ?? c);
}

/** Takes a statement apart. Throws {@link NotUnderstood} for a character that is none of SQL's. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const m = pattern.exec(text);
    if (m === null) throw new NotUnderstood('a character', text, at);
    const [, blank, dollar, , escaped, name, quoted, string, number, param, symbol] = m;
    if (blank !== undefined) continue;
    if (dollar !== undefined) tokens.push({ kind: 'string', text: dollar, at });
    else if (escaped !== undefined) tokens.push({ kind: 'string', text: unescaped(escaped), at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name.toLowerCase(), at });
    else if (quoted !== undefined) tokens.push({ kind: 'name', text: quoted, at });
    else if (string !== undefined) tokens.push({ kind: 'string', text: string.replaceAll("''", "'"), at });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (param !== undefined) tokens.push({ kind: 'param', text: param, at });
    else tokens.push({ kind: 'symbol', text: symbol === '!=' ? '<>' : (symbol as string), at });
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** Reads tokens one after another. */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string, tokens: readonly Token[] = tokensOf(text)) {
    this.text = text;
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** True when the next tokens are these names or symbols. */
  is(...texts: string[]): boolean {
    return texts.every((text, i) => {
      const token = this.peek(i);
      return token.text === text && (token.kind === 'name' || token.kind === 'symbol');
    });
  }

  /** Takes these names or symbols when they are next. */
  accept(...texts: string[]): boolean {
    if (!this.is(...texts)) return false;
    this.#next += texts.length;
    return true;
  }

  expect(...texts: string[]): void {
    if (!this.accept(...texts)) this.fail(`something else than ${texts.join(' ')}`);
  }

  name(): string {
    const token = this.take();
    if (token.kind !== 'name') this.fail('something else than a name', token);
    return token.text;
  }

  /** A list in parentheses. */
  list<T>(one: () => T): T[] {
    this.expect('(');
    const found = this.commas(one);
    this.expect(')');
    return found;
  }

  commas<T>(one: () => T): T[] {
    const found = [one()];
    while (this.accept(',')) found.push(one());
    return found;
  }

  /** Passes over a balanced pair of parentheses. */
  skipParentheses(): void {
    this.expect('(');
    for (let depth = 1; depth > 0; ) {
      const token = this.take();
      if (token.kind === 'end') this.fail('an unclosed parenthesis', token);
      if (token.kind !== 'symbol') continue;
      if (token.text === '(') depth += 1;
      else if (token.text === ')') depth -= 1;
    }
  }

  fail(what: string, token = this.peek()): never {
    throw new NotUnderstood(what, this.text, token.at);
  }
}
