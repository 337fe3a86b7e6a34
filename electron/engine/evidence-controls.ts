/**
 * Controls, in short and in our words, with what the log adds. Sources: AICPA Trust Services Criteria 2017 with the
 * points of focus of 2022; 45 CFR 164.312(b); Regulation (EU) 2024/1689, Article 12.
 */
export const controls: readonly (readonly [control: string, asks: string, adds: string])[] = [
  [
    'SOC 2 CC6.1',
    'Logical access to protected information is restricted.',
    'Each agent has a token of its own, and every call is decided against its switches and rules; both are listed above.',
  ],
  [
    'SOC 2 CC6.2, CC6.3',
    'Access is authorised, changed and removed, with least privilege in mind.',
    'Agents made, changed and removed, and every change of a switch, rule or permission, with time and value. Nothing set means Block.',
  ],
  [
    'SOC 2 CC7.2',
    'Systems are monitored for anomalies.',
    'Refused calls, limits that were hit, and calls a person was asked about, each with its reason.',
  ],
  [
    'SOC 2 CC7.3',
    'Events are evaluated to see whether they are incidents.',
    'Rows from which a call can be followed from the question to the answer and the outcome.',
  ],
  [
    'SOC 2 CC8.1',
    'Changes are authorised, recorded and approved.',
    'Changes of policy with what stood before and after. Only people at the desktop or in the logged-in browser can make them.',
  ],
  [
    'HIPAA 45 CFR §164.312(b)',
    'Mechanisms record and examine activity in systems that hold electronic protected health information.',
    'A record of each tool call of an agent through this gateway, and means to search and export it. Arguments and results are kept as digests only.',
  ],
  [
    'EU AI Act, Article 12',
    'High-risk AI systems allow events to be recorded automatically over their lifetime.',
    'Automatic records of what agents did with tools through this gateway, chained by hashes and signed. Whether your system is high-risk, and what it must record beyond tool calls, is not decided here.',
  ],
];

export const limitsOfReport: readonly string[] = [
  'Calls that do not pass through this gateway, and what a server does by itself.',
  'What stood in arguments and results: the log keeps keyed digests, and one line on what a call was about.',
  'Who sat at the machine: “person” means somebody at the desktop app or in the logged-in browser of this account.',
  'That the log was not replaced whole by somebody who has the account and its keys. Keep the first public keys and copies of checkpoints elsewhere.',
  'Permissions set before the oldest row that is left in the log.',
];
