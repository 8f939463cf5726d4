import { ProblemError } from '@feiqian/http';
import type { Wallets } from '@feiqian/wallets';
import type { Owner } from './accounts.ts';

/**
 * Name and document of who asks a bank for something: as given, and where nothing was given as the real-name check has
 * verified them, so that nobody types a document number again and no phone has to be shown one.
 * @throws ProblemError `identity_required` when something is left out and nothing was verified
 */
export async function whoIs(
  wallets: Pick<Wallets, 'identityOf'>,
  owner: Pick<Owner, 'userId'>,
  given: { name?: string; identity_number?: string },
): Promise<{ name: string; identity_number: string }> {
  const { name, identity_number } = given;
  if (name !== undefined && identity_number !== undefined) return { name, identity_number };
  const verified = await wallets.identityOf(owner.userId);
  if (verified === null) throw new ProblemError('identity_required');
  return { name: name ?? verified.name, identity_number: identity_number ?? verified.number };
}
