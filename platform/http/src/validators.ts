/** What is used of an Ajv instance and its functions. */
interface Compiler {
  compile: (schema: never) => Check;
}
type Check = ((data: unknown) => unknown) & { errors?: unknown };

/**
 * A plugin of Fastify's validator: a schema is compiled when a request is first checked by it. A start would compile
 * hundreds that nobody asks for yet, which is half a second of one processor.
 */
export function compileWhenNeeded(ajv: Compiler): void {
  const compile = ajv.compile.bind(ajv);
  ajv.compile = (schema) => {
    let check: Check | null = null;
    const checkWhenNeeded: Check = (data) => {
      check ??= compile(schema);
      const right = check(data);
      checkWhenNeeded.errors = check.errors;
      return right;
    };
    return checkWhenNeeded;
  };
}
