import type { RequirementSet } from './run-suite.ts';

/** The servers behind the gateway: eras, and how they are reached when not over HTTP. */
export type UpstreamKind = 'legacy' | 'modern' | 'dual' | 'legacy-stdio' | 'modern-stdio';

const allKinds: readonly UpstreamKind[] = ['legacy', 'modern', 'dual', 'legacy-stdio', 'modern-stdio'];

/** Checks of the suite that pass directly and cannot pass through the gateway, and why. */
export interface KnownDifference {
  requirements: RequirementSet;
  /** The servers behind the gateway it concerns. */
  upstream: readonly UpstreamKind[];
  /** `scenario / id / name` of the suite. */
  checks: readonly string[];
  reason: string;
}

/** The whole list: the tests fail for a difference that is not here, and for an entry that no longer differs. */
export const knownDifferences: readonly KnownDifference[] = [
  {
    requirements: '2025-11-25',
    upstream: allKinds,
    checks: ['server-sse-multiple-streams / server-sse-streams-functional / ServerSSEStreamsFunctional'],
    reason:
      'The gateway answers tools/list at once, as application/json. The suite then notes that streams are optional (INFO) and has none to look at.',
  },
  {
    requirements: '2025-11-25',
    upstream: allKinds,
    checks: ['server-sse-polling / server-sse-disconnect-resume / ServerDisconnectResume'],
    reason:
      'The server breaks off its stream; the gateway takes it up again by itself and the agent keeps its own, so there is nothing to resume (INFO).',
  },
  {
    requirements: '2026-07-28',
    upstream: ['legacy', 'legacy-stdio'],
    checks: [
      'input-required-result-basic-elicitation / sep-2322-elicitation-complete / InputRequiredResultElicitationComplete',
      'input-required-result-basic-elicitation / sep-2322-elicitation-incomplete / InputRequiredResultElicitationIncomplete',
    ],
    reason:
      'The suite wants the question under the key "user_name". A legacy server asks with a request, which has no key; the gateway gives it one.',
  },
  {
    requirements: '2026-07-28',
    upstream: ['modern', 'dual', 'modern-stdio'],
    checks: ['input-required-result-ignore-extra-params / sep-2322-ignore-unexpected-params / IgnoreUnexpectedParams'],
    reason:
      'The suite answers a question in its first request, before it was asked. Behind the gateway a question may need a person’s yes, so such answers are taken off and the server asks first (WARNING).',
  },
];

/** The same for the client scenarios, where the suite is the server behind the gateway. */
export const knownClientDifferences: readonly Omit<KnownDifference, 'upstream'>[] = [
  {
    requirements: '2026-07-28',
    checks: [
      'request-metadata / sep-2575-client-declares-elicitation-capability / ClientDeclaresElicitationCapability',
      'request-metadata / sep-2575-client-declares-roots-capability / ClientDeclaresRootsCapability',
    ],
    reason:
      'The suite’s server lists no tools, so all it sees is the gateway learning its lists. That is done for no agent and declares no capability (SKIPPED).',
  },
  {
    requirements: '2026-07-28',
    checks: ['http-custom-headers / sep-2243-client-omit-null / ClientCustomHeaderOmitNull'],
    reason:
      'The call holds null where the tool’s own schema says boolean. The gateway checks arguments first and does not send it.',
  },
];
