/**
 * Credentials that can be told by their form alone.
 *
 * Which forms there are was read from the rules of gitleaks (v8.30.0-27-gb58d3f1, MIT licence) and of detect-secrets
 * (v1.5.0-50-g5e14193, Apache-2.0); the patterns are written anew for JavaScript. See docs/decisions/0004-telling-secrets.md.
 *
 * Every pattern begins with a fixed text that the value is searched for first, stands between boundaries, and repeats
 * only single character classes, so that a match takes time linear in the text.
 */
export interface CredentialFormat {
  /** With its article, as a sentence would name it. */
  readonly title: string;
  /** Text that stands in every such credential. */
  readonly hint: string;
  readonly pattern: RegExp;
  /** Documents show made-up ones as examples. */
  readonly shown?: boolean;
}

/** What a preview that cannot decrypt the stack's configuration gives the program for a secret of it. */
export const configurationSecret = "gatehouse-placeholder-secret";

/** What may not stand beside a credential, which would be the middle of something longer. */
const edge = "[A-Za-z0-9_]";

function format(title: string, hint: string, pattern: string): CredentialFormat {
  return { title, hint, pattern: new RegExp(`(?<!${edge})(?:${pattern})(?!${edge})`) };
}

const word = "[A-Za-z0-9]";
const base64url = "[A-Za-z0-9_-]";
const hex = "[0-9a-f]";

export const credentialFormats: readonly CredentialFormat[] = [
  // Clouds
  format("an AWS access key id", "AKIA", "AKIA[A-Z0-9]{16}"),
  // These prefixes begin words too, such as ASIAPACIFIC: a digit must follow.
  ...["ASIA", "ABIA", "ACCA", "A3T"].map((prefix) =>
    format("an AWS access key id", prefix, `${prefix}(?=[A-Z]{0,16}[0-9])[A-Z0-9]{${String(20 - prefix.length)}}`),
  ),
  format("an Amazon Bedrock API key", "ABSK", "ABSK[A-Za-z0-9+/]{109,269}={0,2}"),
  format("an Amazon Bedrock API key", "bedrock-api-key-", "bedrock-api-key-[A-Za-z0-9+/]{24,4096}={0,2}"),
  format("a Google API key", "AIza", `AIza${base64url}{35}`),
  format("a Google OAuth client secret", "GOCSPX-", `GOCSPX-${base64url}{28}`),
  format("an Azure client secret", "Q~", "[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}"),
  format("an Azure storage account key", "AccountKey=", "AccountKey=[A-Za-z0-9+/]{86}={0,2}"),
  format("an Azure shared access key", "SharedAccessKey=", "SharedAccessKey=[A-Za-z0-9+/]{43}=?"),
  format("an Alibaba Cloud access key id", "LTAI", `LTAI${word}{20}`),
  format("a DigitalOcean token", "_v1_", `do[opr]_v1_${hex}{64}`),
  format("a Heroku API key", "HRKU-AA", `HRKU-AA${base64url}{58}`),
  format("a Fly.io token", "fm2_", "fm2_[A-Za-z0-9+/]{100,4096}={0,3}"),
  format("a Fly.io token", "fo1_", `fo1_${base64url}{43}`),
  format("a Scalingo token", "tk-us-", `tk-us-${base64url}{48}`),
  format("a Cloudflare origin CA key", "v1.0-", `v1\\.0-${hex}{24}-${hex}{146}`),
  format("a Yandex Cloud API key", "AQVN", `AQVN${base64url}{35,38}`),

  // Code, packages, delivery
  format("a GitHub token", "ghp_", `ghp_${word}{36}`),
  format("a GitHub token", "gho_", `gho_${word}{36}`),
  format("a GitHub token", "ghu_", `ghu_${word}{36}`),
  format("a GitHub token", "ghs_", `ghs_${word}{36}`),
  format("a GitHub token", "ghr_", `ghr_${word}{36}`),
  format("a GitHub token", "github_pat_", "github_pat_[A-Za-z0-9_]{82}"),
  format("a GitLab token", "gl", `gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|imt|ffct)-${base64url}{20,300}`),
  format("a GitLab runner token", "GR1348941", `GR1348941${base64url}{20}`),
  format("an npm token", "npm_", `npm_${word}{36}`),
  format("a PyPI token", "pypi-AgE", `pypi-AgE${base64url}{50,1000}`),
  format("a RubyGems token", "rubygems_", `rubygems_${hex}{48}`),
  format("a Clojars token", "CLOJARS_", `CLOJARS_${word}{60}`),
  format("a Docker Hub token", "dckr_pat_", `dckr_pat_${base64url}{27}`),
  format("an Artifactory key", "AKCp", `AKCp${word}{69}`),
  format("an Artifactory token", "cmVmd", `cmVmd${word}{59}`),
  format("a Terraform Cloud token", ".atlasv1.", `${word}{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,70}`),
  format("a Pulumi access token", "pul-", `pul-${hex}{40}`),
  format("an Infracost API key", "ico-", `ico-${word}{32}`),
  format("a Prefect API key", "pnu_", `pnu_${word}{36}`),
  format("a Sourcegraph token", "sgp_", "sgp_(?:(?:[0-9A-Fa-f]{16}|local)_)?[0-9A-Fa-f]{40}"),
  format("an Octopus Deploy API key", "API-", "API-[A-Z0-9]{26}"),
  format("a Harness API key", "at.", `[ps]at\\.${base64url}{22}\\.${word}{24}\\.${word}{20}`),
  format("an Atlassian API token", "ATATT3", "ATATT3[A-Za-z0-9_=-]{186}"),
  format("a Postman API key", "PMAK-", `PMAK-${hex}{24}-${hex}{34}`),
  format("a Linear API key", "lin_api_", `lin_api_${word}{40}`),
  format("a Notion token", "ntn_", `ntn_[0-9]{11}${word}{35}`),
  format("a README API key", "rdme_", "rdme_[a-z0-9]{70}"),
  format("an OpenShift token", "sha256~", `sha256~${base64url}{43}`),

  // Secret stores
  format("a Vault token", "hvs.", `hvs\\.${base64url}{24,200}`),
  format("a Vault token", "hvb.", `hvb\\.${base64url}{100,300}`),
  format("a Doppler token", "dp.", `dp\\.(?:pt|st|sa|ct)\\.[A-Za-z0-9._]{40,100}`),
  format("a 1Password service account token", "ops_eyJ", "ops_eyJ[A-Za-z0-9+/]{250,4096}={0,3}"),
  format("a 1Password secret key", "A3-", "A3-[A-Z0-9]{6}(?:-[A-Z0-9]{5,11}){4,5}"),
  format("an age secret key", "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1[A-Z0-9]{58}"),
  {
    // Of any kind; certificates and public keys are nobody's secret.
    title: "a private key",
    hint: "-----BEGIN ",
    pattern: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/,
  },
  format("a PuTTY private key", "PuTTY-User-Key-File-", "PuTTY-User-Key-File-[0-9]"),

  // Messages and mail
  format("a Slack token", "xox", "xox[abeoprs]-[A-Za-z0-9-]{10,250}"),
  format("a Slack configuration token", "xoxe.xox", "xoxe\\.xox[bp]-[0-9]-[A-Z0-9]{160,170}"),
  format("a Slack app token", "xapp-", `xapp-[0-9]-${word}{5,30}-[0-9]{5,30}-${word}{20,100}`),
  format(
    "a Slack webhook",
    "hooks.slack.com/",
    "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9_+/]{40,80}",
  ),
  format(
    "a Microsoft Teams webhook",
    ".webhook.office.com/",
    "webhook\\.office\\.com/webhookb2/[a-z0-9@-]{40,120}/IncomingWebhook/[a-z0-9]{32}",
  ),
  format("a SendGrid API key", "SG.", `SG\\.${base64url}{22}\\.${base64url}{43}`),
  format("a Brevo API key", "xkeysib-", `xkeysib-${hex}{64}-${word}{16}`),
  format("a Mailgun key", "key-", `(?<!-)key-${hex}{32}`),
  format("a Mailchimp API key", "-us", `${hex}{32}-us[0-9]{1,2}`),
  format("a Twilio API key", "SK", "SK[0-9a-f]{32}"),
  format("a Telegram bot token", ":A", `[0-9]{8,10}:A${base64url}{34}`),

  // Payments and shops
  format("a Stripe key", "k_", "[sr]k_(?:test|live|prod)_[A-Za-z0-9]{10,250}"),
  format("a Stripe webhook secret", "whsec_", "whsec_[A-Za-z0-9+/]{24,100}={0,2}"),
  format("a Square token", "sq0", `sq0(?:atp|csp)-${base64url}{22,60}`),
  format("a Square token", "EAAA", `EAAA${base64url}{56,60}`),
  format("a Shopify token", "shp", "shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}"),
  format("a Flutterwave key", "FLWSECK_TEST-", `FLWSECK_TEST-${hex}{12,32}(?:-X)?`),
  format("a Shippo token", "shippo_", "shippo_(?:live|test)_[0-9A-Fa-f]{40}"),
  format("an EasyPost API key", "EZ", `EZ[AT]K${word}{54}`),
  format("a Duffel token", "duffel_", "duffel_(?:test|live)_[A-Za-z0-9_=-]{43}"),

  // Models and data
  format("an OpenAI API key", "T3BlbkFJ", `sk-${base64url}{20,120}T3BlbkFJ${base64url}{20,120}`),
  format("an OpenAI API key", "sk-", `sk-(?:proj|svcacct|admin)-${base64url}{40,250}`),
  format("an Anthropic API key", "sk-ant-", `sk-ant-(?:api|admin)[0-9]{2}-${base64url}{80,120}`),
  format("a Hugging Face token", "hf_", "hf_[A-Za-z]{34}"),
  format("a Hugging Face token", "api_org_", "api_org_[A-Za-z]{34}"),
  format("a Perplexity API key", "pplx-", `pplx-${word}{48}`),
  format("a Databricks token", "dapi", `dapi${hex}{32}(?:-[0-9])?`),
  format("a PlanetScale credential", "pscale_", "pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,64}"),
  format("an Airtable token", "pat", `pat${word}{14}\\.${hex}{64}`),
  format("a ClickHouse Cloud secret", "4b1d", `4b1d${word}{38}`),
  format("a MaxMind licence key", "_mmk", `${word}{6}_${word}{29}_mmk`),

  // Watching
  format("a Grafana token", "glc_", "glc_[A-Za-z0-9+/]{32,400}={0,3}"),
  format("a Grafana token", "glsa_", `glsa_${word}{32}_[0-9A-Fa-f]{8}`),
  format("a New Relic key", "NRAK-", "NRAK-[A-Z0-9]{27}"),
  format("a New Relic key", "NRII-", "NRII-[A-Za-z0-9-]{32}"),
  format("a Dynatrace token", "dt0c01.", "dt0c01\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}"),
  format("a Sentry token", "sntrys_", "sntrys_[A-Za-z0-9+/=_-]{80,600}"),
  format("a Sentry token", "sntryu_", `sntryu_${hex}{64}`),

  // Anybody's
  {
    title: "a JSON Web Token",
    hint: "eyJ",
    // The boundary takes in what the token is made of, so that no run is tried twice.
    pattern: /(?<![A-Za-z0-9_.-])eyJ[A-Za-z0-9_-]{10,8192}\.eyJ[A-Za-z0-9_-]{10,8192}\.[A-Za-z0-9_-]{10,8192}/,
    shown: true,
  },
];
