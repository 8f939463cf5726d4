export {
  type Answer,
  type Authorisations,
  type AuthorisationsDeps,
  authorisationMigrations,
  createAuthorisations,
  groupMessagesMax,
} from './authorisations.ts';
export {
  type Command,
  type CommandKind,
  type LegName,
  legName,
  type ReadCommand,
  readCommand,
} from './command.ts';
export { type Conversation, createConversation, type HostLogger } from './conversation.ts';
export { decide, originalOf, ownOf } from './decision.ts';
export { attend, frameBytesMax, type Host, type HostSocket, type HostTls, startHost } from './host.ts';
export type { Leg } from './leg.ts';
export { createMacKeys, type MacKeys } from './mac-keys.ts';
export type { Operation, OperationKind, OperationState, SavedAnswer } from './operation.ts';
export type { ResponseCode } from './responseCode.ts';
export type { Decision, Fresh, View } from './verdict.ts';
