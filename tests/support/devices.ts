import { type SandboxPerson, sandboxPeople } from '@feiqian/app-bank';
import type { Db } from '@feiqian/db';

/**
 * Policy under which a second device is let in unasked: most tests sign people in as often as they like. The tests of
 * devices run under the product's own.
 */
export async function letDevicesIn(db: Db): Promise<void> {
  await db.query("update verification.policy set accepts = '[]' where operation = 'add_device'");
}

/** Name and document of one of the sandbox's people, as the banks know them. */
export function factorsOf(mobile: string): { name: string; identity_number: string } {
  const { name, identityNumber } = sandboxPeople.find((one) => one.mobile === mobile) as SandboxPerson;
  return { name, identity_number: identityNumber };
}
