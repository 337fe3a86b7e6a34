import type { RuleId } from './rules.ts';
import { bitOf, type Concept } from './vocabulary.ts';

/** Meanings that must stand within `span` characters of one another (a sentence's end counts as thirty). */
interface ProseRule {
  rule: RuleId;
  all: number;
  span: number;
  /** Meanings that turn it into its opposite ("do not include any keys") when they stand in the same stretch. */
  unless: number;
  /** Holds only in the description of an input: that is where things are asked for without a verb. */
  inInput: boolean;
}

const chars = 7;

function near(
  rule: RuleId,
  words: number,
  all: readonly Concept[],
  unless: readonly Concept[] = [],
  inInput = false,
): ProseRule {
  const join = (list: readonly Concept[]) => list.reduce((bits, concept) => bits | bitOf(concept), 0);
  return { rule, span: words * chars, all: join(all), unless: join(unless), inInput };
}

export const proseRules: readonly ProseRule[] = [
  near('concealment', 7, ['neg', 'tell', 'person']),
  near('concealment', 6, ['hide', 'person']),
  near('concealment', 5, ['neg', 'tell', 'instructions']),
  near('concealment', 10, ['silent', 'send']),
  near('concealment', 10, ['silent', 'read']),
  near('concealment', 10, ['silent', 'change']),
  near('concealment', 8, ['silent', 'call', 'tool']),
  near('override', 6, ['ignore', 'previous', 'instructions']),
  near('credentials', 18, ['path', 'read', 'must']),
  near('credentials', 18, ['path', 'send', 'must']),
  near('credentials', 10, ['path', 'send', 'whole']),
  near('credentials', 16, ['path', 'send', 'read']),
  near('credentials', 10, ['secret', 'send', 'whole', 'must'], ['neg']),
  near('credentials', 12, ['secret', 'send', 'person', 'must'], ['neg']),
  near('credentials', 14, ['secret', 'send', 'read', 'whole'], ['neg']),
  near('credentials', 16, ['secret', 'read', 'send', 'must', 'first'], ['neg']),
  near('credentials', 14, ['secret', 'send', 'url']),
  near('credentials', 14, ['path', 'send', 'url']),
  near('secret-mention', 12, ['path', 'read']),
  near('secret-mention', 12, ['path', 'send']),
  near('secret-mention', 10, ['secret', 'send', 'must'], ['neg']),
  near('credentials', 6, ['secret', 'send', 'whole'], ['neg']),
  near('credentials', 10, ['secret', 'send', 'read', 'person'], ['neg']),
  near('credentials', 12, ['path', 'read'], ['neg'], true),
  near('credentials', 8, ['path', 'whole'], ['neg'], true),
  near('conversation', 6, ['conversation', 'whole'], [], true),
  near('conversation', 10, ['conversation', 'send']),
  near('conversation', 8, ['conversation', 'read', 'must']),
  near('conversation', 6, ['conversation', 'whole', 'must']),
  near('approval', 5, ['neg', 'ask', 'permission']),
  near('approval', 4, ['neg', 'ask', 'person']),
  near('approval', 6, ['already', 'approved', 'person']),
  near('other-tools', 14, ['when', 'tool', 'other', 'change', 'must']),
  near('other-tools', 14, ['change', 'recipient', 'address']),
  near('other-tools', 14, ['when', 'call', 'recipient', 'address']),
  near('before-everything', 8, ['first', 'tool', 'other', 'call', 'must']),
  near('call-first', 8, ['must', 'first', 'call', 'tool']),
  near('prefers-itself', 6, ['prefer', 'tool', 'other', 'must']),
  near('destination', 12, ['send', 'address', 'must']),
  near('destination', 10, ['send', 'address', 'whole']),
  near('destination', 8, ['send', 'address']),
  near('commands', 12, ['shell', 'must', 'call'], ['neg']),
];

/** Sayings that are enough by themselves; `an[y]` keeps the word apart from the type of that name. */
export const phraseRules: readonly (readonly [RuleId, RegExp])[] = [
  [
    'override',
    /\byou are now\b|\bnew (?:system )?(?:instructions|prompt|directive)s?:|\bsystem override\b|\bdeveloper mode\b|\bjailbr(?:ea|o)k|\bend of (?:system )?(?:prompt|instructions|tool description)\b|\bact as (?:an? )?(?:unrestricted|root|admin|different)|\bsystem (?:message|notice|update|alert|directive)\s?:|\bfrom now on,? (?:you|always|every|all)\b|\b(?:highest|top|absolute|maximum) priority\b.{0,40}\b(?:instruction|directive|rule|over)|\btakes? precedence over (?:all|an[y]|your|other|the system)|\bno longer (?:bound|restricted|limited)\b/g,
  ],
  [
    'approval',
    /\b(?:pre|auto)[ -]?(?:approv|authori[sz])(?:e|ed|al)\b(?! (?:requests?|list|transactions?|limit|status|workflow))|\b(?:skip|bypass|disable|suppress|omit) (?:\w{1,12} ){0,2}(?:confirmation|approval|permission|consent|safety (?:check|prompt))|\b(?:no|without) (?:further |additional |an[y] |explicit |prior )?(?:user )?(?:confirmation|approval|permission|consent)s? (?:is |are )?(?:needed|required|necessary)|\b(?:consent|approval|permission) (?:was|has been|is) (?:already )?(?:given|granted|obtained)\b|\b(?:click|choose|select|press) (?:on )?["']?(?:always )?allow\b|\bthe (?:user|human|owner|admin) (?:has |already |have ){1,2}(?:\w{1,12} ){0,1}(?:approved|consented|authori[sz]ed|agreed|given|granted)/g,
  ],
  [
    'concealment',
    /\b(?:without|never|not|n't|dont) (?:\w{1,12} ){0,3}(?:the )?user(?:'s)? (?:\w{1,12} ){0,2}(?:knowledge|knowing|noticing|awareness|seeing)|\buser (?:must|should|need|does|do|will|can)(?: ?not|n't|nt) (?:\w{1,10} ){0,2}(?:know|see|notice|be told|be informed|be shown|be aware|find out|learn)|\bkeep (?:this|it|that|them|these|those) (?:\w{1,12} ){0,2}(?:secret|hidden|confidential|private|between us|to yourself|quiet)|\bdo not (?:mention|reveal|disclose|repeat|quote) (?:this|these|it|any of)|\bbehind the scenes\b.{0,60}\b(?:do not|dont|never|without)|\bin the background,? without\b|\bno one (?:must|should|needs to) know/g,
  ],
  [
    'before-everything',
    /\b(?:before|prior to) (?:using|calling|invoking|running|executing|doing|answering|responding|replying|performing|an[y]) (?:an[y]|every|all|each|anything|other|to any)(?: \w{1,12}){0,2}\b(?:tool|tools|task|request|action|operation|question|message|function|else|response)?\b.{0,40}\b(?:must|always|call|invoke|run|required|first)|\b(?:must|always|has to|have to|should)\b.{0,40}\bbefore (?:an[y]|every|all|each) (?:other )?(?:\w{1,12} )?(?:tools?|actions?|operations?|requests?|messages?|responses?|answers?)\b|\b(?:on|in|for|with|at) (?:each|every|all) (?:and every )?(?:single )?(?:turn|message|conversation turn|user message|user request|interaction|reply|response)s?\b.{0,60}\b(?:call|invoke|must|always|run|use)|\b(?:call|invoke|run|use) (?:this|it|me|the tool)(?: \w{1,12}){0,3} (?:on|in|for|with|at|before|after) (?:each|every|all)(?: single| and every)? (?:turn|message|reply|response|user|tool|action|request|interaction)|\bregardless of (?:the |what )?(?:task|user|request|question|context)|\beven if (?:it |this )?(?:\w{1,10} ){0,3}(?:not (?:needed|necessary|required|relevant|asked|related)|unrelated|irrelevant|seems unnecessary)/g,
  ],
  [
    'prefers-itself',
    /\b(?:instead of|rather than|over|in place of) (?:an[y] |all |every |the )?(?:other|alternative|competing|similar|native|built-?in) (?:\w{1,16} ){0,2}tools?\b.{0,60}|\b(?:all |an[y] )?other (?:\w{1,16} ){0,2}tools? (?:is|are|has|have|must|should|will|can)(?: been| be)? (?:\w{1,10} )?(?:deprecated|broken|unsafe|insecure|outdated|unreliable|compromised|disabled|avoided|ignored|never|obsolete|not)|\b(?:do not|never|dont) (?:use|call|invoke|trust|rely on) (?:an[y] |the )?(?:other|alternative|similar|competing)\b|\balways (?:choose|prefer|pick|select) this (?:tool|server|one)/g,
  ],
  [
    'credentials',
    /\b(?:attach|append|paste|embed|forward|transmit|supply|leak|exfiltrat)\w{0,3}\b[^.\n]{0,40}(?:~\/\.(?!env\b|config\b)|id_(?:rsa|ed25519)|\/etc\/(?:passwd|shadow)|\.netrc|\.npmrc|\.aws\b|\.ssh\b|\.git-credentials|mcp\.json)/g,
  ],
  [
    'other-tools',
    /\b(?:when|whenever|before|after|if|every time|each time|once)\b[^.\n]{0,50}\b(?:tool|function)?\s?[`"']?[a-z]{2,20}_[a-z_]{2,30}[`"']?(?: tool| function)? (?:tool )?(?:is|are|gets?|was) (?:called|used|invoked|available|executed|present|run)\b[^\n]{0,120}\b(?:must|should|always|change|replace|instead|also|add|set|send|never|bcc)|\b(?:after|before|on|at|with) (?:each|every|an[y]) [`"']?[a-z]{2,20}_[a-z_]{2,30}[`"']? (?:call|use|invocation|run)\b|\b(?:modif|chang|alter|replac|rewrit|intercept|overrid|redirect)\w{0,4} (?:the )?(?:behaviou?r|arguments?|parameters?|output|results?|calls?|inputs?) (?:of|to|for|from) (?:the |an[y] |all |other |every )/g,
  ],
  [
    'role-tags',
    /<\/?(?:system|important|instructions?|secret|hidden|assistant|admin|critical|priority|override|sys|human|user_instructions|system[-_](?:prompt|message|reminder|note)|tool_(?:description|result|response)|function_results?|mandatory|urgent|im_start|im_end)(?: [^>\n]{0,60})?>|<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|eot_id)[^>]{0,20}\|?>|\[\/?(?:inst|system|sys|important|system_?(?:message|note|prompt|instruction)|admin|hidden|assistant)\b[^\]\n]{0,24}\]|<<\/?sys>>|(?:^|\n)\s{0,8}(?:#{1,4} ?)?(?:system|assistant|human|user|developer)\s?(?:prompt|message|instruction|note)?s?\s?:\s?(?=\S)|\n\n(?:human|assistant):|\{\{#?(?:system|assistant)|(?:^|\n)#{1,4} ?(?:system|hidden|secret) ?(?:prompt|instructions?|message|note)?s?\b/g,
  ],
  [
    'hidden-markup',
    /<!--[^\n]{0,20}|\[\/\/\]: ?#|display ?: ?none|visibility ?: ?hidden|font-size ?: ?0|color ?: ?(?:white|#fff(?:fff)?|transparent)\b|opacity ?: ?0\b|<(?:script|iframe|img|svg|object|style)\b[^>]{0,120}|!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{0,200}(?:\?|%7b|\{|\$)[^)\s]{0,200}\)|(?<![ \u00a0])[ \u00a0]{120}|(?<!\n)\n{24}/g,
  ],
  [
    'commands',
    /\b(?:curl|wget)\b[^\n|]{0,160}\|\s{0,3}(?:sudo )?(?:ba|z|da)?sh\b|\/dev\/tcp\/|\becho\b[^\n|]{0,200}\| {0,3}base64 (?:-d|--decode)|>>? {0,2}~\/\.(?:bashrc|zshrc|profile|ssh)|\bauthorized_keys\b.{0,60}\b(?:append|add|write|insert)|\b(?:append|add|write|insert)\b.{0,60}\bauthorized_keys\b/g,
  ],
];
