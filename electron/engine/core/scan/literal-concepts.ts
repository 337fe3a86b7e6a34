import { bitOf, type Concept } from './vocabulary.ts';

/** Things that are recognised by their spelling rather than as a word. No pattern repeats without a bound. */
const literals: readonly (readonly [Concept, RegExp])[] = [
  [
    'path',
    /\.ssh\b|\bid_(?:rsa|ed25519|ecdsa|dsa)|\bauthorized_keys|\bknown_hosts|\.aws\b|\.env\b(?!\.example)|\/etc\/(?:passwd|shadow|sudoers|hosts)|\bmcp(?:_config)?\.json|\bclaude_desktop_config|\.cursor\b|\.netrc|\.npmrc|\.pypirc|\.pgpass|\.kube\b|\bkubeconfig|\.docker\/config|\.git-credentials|\.gnupg|\bwallet\.dat|\blogin data\b|\bcookies\.sqlite|\bkeychain\b|\.bash_history|\.zsh_history|\.bashrc|\.zshrc|\/proc\/self\/environ|\bprocess\.env\b|\bos\.environ|\bprintenv\b|\bservice[ _-]account[ _-]?(?:key|json)|\bcredentials\.(?:json|db|xml)|\bgcloud\b.{0,24}\bcredentials|\.config\/gh\b|\bhosts\.yml|\bsecrets?\.(?:ya?ml|json|toml)|\.(?:pem|p12|pfx|kdbx)\b|\/root\/|\bterraform\.tfstate|\bssh (?:private )?keys?\b|\b(?:seed|recovery) (?:phrase|words)|\bmaster password/g,
  ],
  [
    'secret',
    /\b(?:api|access|secret|private|signing|encryption|ssh|deploy|aws|openai|anthropic|github|session|auth|authentication|bearer|oauth|refresh|personal access|login|bot)[ _-]?(?:keys?|tokens?|cookies?|secrets?|credentials?)\b|\benv(?:ironment)?[ _-]?(?:variables?|vars?)\b|\bcredit card|\b2fa\b|\bsecret (?:values?|data|information)\b|\bsensitive (?:data|information|files?|values?)\b|\bsocial security|\bmots? de passe\b|\bvariables? (?:de entorno|denvironnement|d'environnement|de ambiente|dambiente|d'ambiente)\b|\bumgebungsvariable\w{0,2}\b|\bpalabras? clave secreta|\b[a-z]{2,20}_(?:api_key|secret|token|password)\b/g,
  ],
  [
    'conversation',
    /\b(?:conversation|chat|dialogue?|message|messages|session|prompt)[ _-]?(?:history|log|transcript|context|so far|thread)\b|\b(?:full|entire|complete|whole|verbatim|previous|prior|recent|last|raw|original|our|current|this|user's) (?:conversation|chat|dialogue?|discussion|transcript)\b|\b(?:all|every|previous|prior|recent|earlier) (?:of the )?(?:user )?messages? (?:in|of|from|so far)|\b(?:system|developer|initial|hidden)[ _-]?(?:prompt|instructions?|message)s?\b|\b(?:user's |original |last )(?:prompt|question|message|query|request)\b.{0,24}\bverbatim|\bchain[ _-]of[ _-]thought|\byour (?:own )?(?:internal )?(?:reasoning|instructions|prompt|context window|configuration|memory|memories)\b|\bcontext window\b|\bhistorial (?:de la |del )?(?:conversacion|chat)|\bconversacion (?:completa|entera)|\bprompts? (?:del |de )?(?:sistema|systeme)|\bhistorique (?:de la |du |des )?(?:conversation|chat|messages)|\bconversation (?:complete|entiere)|\bgesprachsverlauf|\bchatverlauf|\bsystem-?prompt\w{0,2}|\bgesamte[ns]? (?:gesprach|unterhaltung|konversation)|\bhistorico (?:da |de |do )?(?:conversa|chat)|\bconversa (?:completa|inteira)|\bcronologia (?:della |di )?(?:conversazione|chat)|\bconversazione (?:completa|intera)|\b(?:intera|tutta la) conversazione|\bистори\S{0,3} (?:переписки|диалога|чата|сообщений|разговора)|\bсистемн\S{0,4} (?:промпт|запрос|подсказк)\S{0,3}|\b(?:весь|всю) (?:диалог|переписку|разговор)/g,
  ],
  ['url', /\bhttps?:\/\/[^\s"'<>)]{3,200}|\bwss?:\/\/[^\s"'<>)]{3,200}/g],
  [
    'address',
    /\b[a-z0-9._%+-]{1,64}@(?!example\.|test\.|localhost|domain\.|company\.|acme\.|email\.|your|x\.|foo\.|bar\.|gmail\.com\b.{0,3}\))[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}\b|\bhttps?:\/\/\d{1,3}(?:\.\d{1,3}){3}|\b(?:webhook\.site|ngrok\.(?:io|app)|ngrok-free\.app|requestbin|pipedream\.net|burpcollaborator|oastify\.com|interact\.sh|oast\.(?:fun|pro|live|site|me)|beeceptor\.com|requestcatcher|hookbin|pastebin\.com|transfer\.sh|telegram\.org\/bot|discord(?:app)?\.com\/api\/webhooks|hooks\.slack\.com|trycloudflare\.com|serveo\.net|dnslog\.cn|canarytokens|\w{1,40}\.onion)\b|\bhttps?:\/\/[^\s"'<>)]{0,80}(?:collect|exfil|steal|evil|attacker|drop|leak|harvest|beacon|c2)\b/g,
  ],
  [
    'shell',
    /\b(?:curl|wget)\b[^\n|]{0,160}\|\s{0,3}(?:sudo )?(?:ba|z|da)?sh\b|\b(?:curl|wget) (?:-\S{1,12} ){0,4}["']?https?:\/\/|\brm -(?:rf|fr)\b|\/dev\/tcp\/|\bbash -[ci]\b|\bsh -c\b|\bnc (?:-\S{1,6} ){0,3}-e\b|\bpowershell(?:\.exe)? -(?:e|enc|nop|w)|\bchmod \+x|\bbase64 (?:-d|--decode)\b|\bcrontab -|\bpython3? -c\b|\bnode -e\b|\bsudo \S|\beval\(|\bos\.system\(|\bsubprocess\.|\bchild_process\b|\biwr https?:|\bmkfifo\b|\bdd if=|\bscp \S{1,80} \S{1,60}@|>>? {0,2}~\/\.(?:bashrc|zshrc|profile|ssh)|\bnpx -y \S|\bpip install \S|\bcat (?:~|\/)\S/g,
  ],
];

export interface ConceptHit {
  start: number;
  end: number;
  bits: number;
}

const cursorOnly = /\b(?:next|page|continuation|pagination|cursor|progress|sync|search|resume)[ _-]{0,2}$/;

/** Every literal in a folded text, as spans of it. */
export function findLiterals(text: string): ConceptHit[] {
  const hits: ConceptHit[] = [];
  for (const [concept, pattern] of literals) {
    const bits = bitOf(concept) | (concept === 'address' ? bitOf('url') : 0);
    for (const match of text.matchAll(pattern)) {
      if (concept === 'secret' && cursorOnly.test(text.slice(Math.max(0, match.index - 16), match.index))) continue;
      hits.push({ start: match.index, end: match.index + match[0].length, bits });
    }
  }
  return hits;
}
