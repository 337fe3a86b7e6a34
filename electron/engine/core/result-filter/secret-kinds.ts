/** A kind of secret that is known by its spelling. */
interface SecretKind {
  what: string;
  pattern: RegExp;
}

const kind = (what: string, pattern: RegExp): SecretKind => ({ what, pattern });

/** Looked for in single runs of token characters, at most 2,000 long; no pattern can take more than linear time. */
export const secretKinds: readonly SecretKind[] = [
  kind('AWS access key', /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![0-9A-Za-z])/),
  kind('GitHub token', /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255})/),
  kind('GitLab token', /(?<![A-Za-z0-9])gl(?:pat|dt|rt|soat|ptt|cbt|ft)-[A-Za-z0-9_-]{18,}/),
  kind('Slack token', /(?<![A-Za-z0-9])xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,}/),
  kind('Slack webhook', /hooks\.slack\.com\/(?:services|workflows)\/[A-Za-z0-9/_-]{20,}/),
  kind('Discord webhook', /discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[A-Za-z0-9_-]{40,}/),
  kind('Teams webhook', /webhook\.office\.com\/webhookb2\/[A-Za-z0-9@/_-]{40,}/),
  kind(
    'Discord token',
    /(?<![A-Za-z0-9])[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}(?![A-Za-z0-9_-])/,
  ),
  kind('Anthropic key', /(?<![A-Za-z0-9])sk-ant-[A-Za-z0-9_-]{20,}/),
  kind('OpenAI key', /(?<![A-Za-z0-9])sk-(?:proj|svcacct|admin|or-v1|None)?-?[A-Za-z0-9_-]{20,}/),
  kind('Stripe key', /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{16,})/),
  kind(
    'Google key',
    /(?<![A-Za-z0-9])(?:AIza[0-9A-Za-z_-]{35}|GOCSPX-[A-Za-z0-9_-]{20,}|ya29\.[0-9A-Za-z_-]{20,}|1\/\/0[A-Za-z0-9_-]{30,})/,
  ),
  kind('npm token', /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/),
  kind('PyPI token', /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{40,}/),
  kind('RubyGems key', /(?<![A-Za-z0-9])rubygems_[0-9a-f]{40,}/),
  kind('Docker token', /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/),
  kind('Hugging Face token', /(?<![A-Za-z0-9])(?:hf|api_org)_[A-Za-z]{30,40}(?![A-Za-z0-9])/),
  kind('SendGrid key', /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}/),
  kind('Mailgun key', /(?<![A-Za-z0-9])key-[0-9a-f]{32}(?![0-9a-f])/),
  kind('Mailchimp key', /(?<![0-9a-f])[0-9a-f]{32}-us\d{1,2}(?![0-9])/),
  kind('Twilio key', /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![0-9a-f])/),
  kind('DigitalOcean token', /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/),
  kind('Shopify token', /(?<![A-Za-z0-9])shp(?:at|ss|ca|pa)_[0-9a-fA-F]{32}/),
  kind('Square token', /(?<![A-Za-z0-9])sq0(?:atp|csp)-[A-Za-z0-9_-]{22,}/),
  kind('Atlassian token', /(?<![A-Za-z0-9])ATATT3[A-Za-z0-9_=-]{50,}/),
  kind('Linear key', /(?<![A-Za-z0-9])lin_(?:api|oauth)_[A-Za-z0-9]{32,}/),
  kind('Notion token', /(?<![A-Za-z0-9])(?:ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43})(?![A-Za-z0-9])/),
  kind('Figma token', /(?<![A-Za-z0-9])fig[dou]_[A-Za-z0-9_-]{36,}/),
  kind('HubSpot token', /(?<![A-Za-z0-9])pat-(?:na|eu)\d-[0-9a-f-]{36}/),
  kind('Vault token', /(?<![A-Za-z0-9])hv[bsr]\.[A-Za-z0-9_-]{20,}/),
  kind('Terraform token', /(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}/),
  kind('Databricks token', /(?<![A-Za-z0-9])dapi[0-9a-f]{32}/),
  kind('Grafana token', /(?<![A-Za-z0-9])gl(?:sa|c)_[A-Za-z0-9_+/=]{32,}/),
  kind('Sentry token', /(?<![A-Za-z0-9])sntry[su]_[A-Za-z0-9_+/=-]{40,}/),
  kind('New Relic key', /(?<![A-Za-z0-9])NRAK-[A-Z0-9]{27}/),
  kind('Postman key', /(?<![A-Za-z0-9])PMAK-[0-9a-f]{24}-[0-9a-f]{34}/),
  kind('PlanetScale secret', /(?<![A-Za-z0-9])pscale_(?:pw|tkn|oauth)_[A-Za-z0-9_.-]{32,}/),
  kind('Supabase key', /(?<![A-Za-z0-9])(?:sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{20,})/),
  kind(
    'model provider key',
    /(?<![A-Za-z0-9])(?:gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|pplx-[A-Za-z0-9]{40,}|r8_[A-Za-z0-9]{36,}|tvly-[A-Za-z0-9-]{20,}|nvapi-[A-Za-z0-9_-]{40,}|fw_[A-Za-z0-9]{20,})/,
  ),
  kind('Dropbox token', /(?<![A-Za-z0-9])sl\.(?:u\.)?[A-Za-z0-9_-]{100,}/),
  kind('Facebook token', /(?<![A-Za-z0-9])EAA[A-Za-z0-9]{60,}/),
  kind('Doppler token', /(?<![A-Za-z0-9])dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9_.-]{40,}/),
  kind('Netlify or Vercel token', /(?<![A-Za-z0-9])(?:nfp_[A-Za-z0-9]{36,}|vc[pk]_[A-Za-z0-9]{24,})/),
  kind('Resend or PostHog key', /(?<![A-Za-z0-9])(?:re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}|ph[xs]_[A-Za-z0-9]{40,})/),
  kind('Cloudflare key', /(?<![A-Za-z0-9])v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}/),
  kind('ScopeGate token', /(?<![A-Za-z0-9])sgk_[A-Za-z0-9_-]{30,}/),
  kind('age key', /AGE-SECRET-KEY-1[0-9A-Z]{58}/),
  kind('Azure client secret', /(?<![A-Za-z0-9])[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9])/),
  kind('signed token (JWT)', /(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/),
];
