/**
 * Made-up credentials of every form that the pack knows, put together when they are asked for: nothing in the
 * repository looks like one, so no scanner stops at it.
 */

const digits = "0123456789";
const lower = "abcdefghijklmnopqrstuvwxyz";
const upper = lower.toUpperCase();
const hex = "0123456789abcdef";
const alnum = digits + lower + upper;

/** Letters that look drawn, the same for every run. */
function drawn(length: number, alphabet: string, seed: number): string {
  let state = (seed * 2654435761 + 97) >>> 0;
  let text = "";
  for (let i = 0; i < length; i++) {
    state = (state * 1664525 + 1013904223) >>> 0;
    text += alphabet.charAt((state >>> 16) % alphabet.length);
  }
  return text;
}

type Part = string | readonly [length: number, alphabet: string];

const forms: readonly (readonly [title: string, ...parts: Part[]])[] = [
  ["an AWS access key id", "AK", "IA", [16, upper + "234567"]],
  ["an AWS access key id", "AS", "IA", "7", [15, upper + "234567"]],
  ["an AWS access key id", "AB", "IA", "5", [15, upper + "234567"]],
  ["an AWS access key id", "AC", "CA", "5", [15, upper + "234567"]],
  ["an AWS access key id", "A3", "TX", "5", [15, upper + "234567"]],
  ["an Amazon Bedrock API key", "AB", "SK", [120, alnum]],
  ["an Amazon Bedrock API key", "bedrock-", "api-key-", [40, alnum]],
  ["a Google API key", "AI", "za", [35, alnum]],
  ["a Google OAuth client secret", "GOC", "SPX-", [28, alnum]],
  ["an Azure client secret", [3, alnum], "8", "Q", "~", [33, alnum]],
  ["an Azure storage account key", "Account", "Key=", [86, alnum], "=="],
  ["an Azure shared access key", "SharedAccess", "Key=", [43, alnum], "="],
  ["an Alibaba Cloud access key id", "LT", "AI", [20, alnum]],
  ["a DigitalOcean token", "dop", "_v1_", [64, hex]],
  ["a Heroku API key", "HRKU", "-AA", [58, alnum]],
  ["a Fly.io token", "fm", "2_", [120, alnum]],
  ["a Fly.io token", "fo", "1_", [43, alnum]],
  ["a Scalingo token", "tk-", "us-", [48, alnum]],
  ["a Cloudflare origin CA key", "v1", ".0-", [24, hex], "-", [146, hex]],
  ["a Yandex Cloud API key", "AQ", "VN", [36, alnum]],
  ["a GitHub token", "gh", "p_", [36, alnum]],
  ["a GitHub token", "gh", "o_", [36, alnum]],
  ["a GitHub token", "gh", "u_", [36, alnum]],
  ["a GitHub token", "gh", "s_", [36, alnum]],
  ["a GitHub token", "gh", "r_", [36, alnum]],
  ["a GitHub token", "github", "_pat_", [82, alnum]],
  ["a GitLab token", "gl", "pat-", [20, alnum]],
  ["a GitLab token", "gl", "rt-", [20, alnum]],
  ["a GitLab token", "gl", "dt-", [20, alnum]],
  ["a GitLab runner token", "GR", "1348941", [20, alnum]],
  ["an npm token", "np", "m_", [36, alnum]],
  ["a PyPI token", "pypi-", "AgEIcHlwaS5vcmc", [70, alnum]],
  ["a RubyGems token", "ruby", "gems_", [48, hex]],
  ["a Clojars token", "CLO", "JARS_", [60, alnum]],
  ["a Docker Hub token", "dckr", "_pat_", [27, alnum]],
  ["an Artifactory key", "AK", "Cp", [69, alnum]],
  ["an Artifactory token", "cm", "Vmd", [59, alnum]],
  ["a Terraform Cloud token", [14, alnum], ".atlas", "v1.", [64, alnum]],
  ["a Pulumi access token", "pu", "l-", [40, hex]],
  ["an Infracost API key", "ic", "o-", [32, alnum]],
  ["a Prefect API key", "pn", "u_", [36, alnum]],
  ["a Sourcegraph token", "sg", "p_", [40, hex]],
  ["an Octopus Deploy API key", "AP", "I-", [26, upper + digits]],
  ["a Harness API key", "pa", "t.", [22, alnum], ".", [24, alnum], ".", [20, alnum]],
  ["an Atlassian API token", "ATA", "TT3", [186, alnum]],
  ["a Postman API key", "PM", "AK-", [24, hex], "-", [34, hex]],
  ["a Linear API key", "lin", "_api_", [40, alnum]],
  ["a Notion token", "nt", "n_", [11, digits], [35, alnum]],
  ["a README API key", "rd", "me_", [70, lower + digits]],
  ["an OpenShift token", "sha", "256~", [43, alnum]],
  ["a Vault token", "hv", "s.", [95, alnum]],
  ["a Vault token", "hv", "b.", [150, alnum]],
  ["a Doppler token", "dp", ".pt.", [43, alnum]],
  ["a 1Password service account token", "ops", "_eyJ", [260, alnum]],
  [
    "a 1Password secret key",
    "A",
    "3-",
    [6, upper],
    "-",
    [11, upper],
    "-",
    [5, upper],
    "-",
    [5, upper],
    "-",
    [5, upper],
  ],
  ["an age secret key", "AGE-SECRET", "-KEY-1", [58, upper + digits]],
  ["a private key", "-----BEGIN ", "RSA PRIVATE ", "KEY-----\n", [64, alnum], "\n"],
  ["a private key", "-----BEGIN ", "PRIVATE ", "KEY-----\\n", [64, alnum]],
  ["a private key", "-----BEGIN ", "OPENSSH PRIVATE ", "KEY-----\n", [64, alnum]],
  ["a private key", "-----BEGIN ", "PGP PRIVATE ", "KEY BLOCK-----\n", [64, alnum]],
  ["a PuTTY private key", "PuTTY-User-", "Key-File-2: ssh-rsa"],
  ["a Slack token", "xo", "xb-", [12, digits], "-", [12, digits], "-", [24, alnum]],
  ["a Slack token", "xo", "xp-", [12, digits], "-", [12, digits], "-", [12, digits], "-", [32, hex]],
  ["a Slack app token", "xa", "pp-", "1-", [11, upper], "-", [13, digits], "-", [64, hex]],
  ["a Slack webhook", "https://hooks", ".slack.com/services/", "T", [8, upper], "/B", [8, upper], "/", [24, alnum]],
  ["a SendGrid API key", "S", "G.", [22, alnum], ".", [43, alnum]],
  ["a Brevo API key", "xkey", "sib-", [64, hex], "-", [16, alnum]],
  ["a Mailgun key", "ke", "y-", [32, hex]],
  ["a Mailchimp API key", [32, hex], "-u", "s12"],
  ["a Twilio API key", "S", "K", [32, hex]],
  ["a Telegram bot token", [9, "123456789"], ":", "A", [34, alnum]],
  ["a Stripe key", "sk", "_live_", [24, alnum]],
  ["a Stripe key", "sk", "_test_", [24, alnum]],
  ["a Stripe key", "rk", "_live_", [99, alnum]],
  ["a Stripe webhook secret", "wh", "sec_", [32, alnum]],
  ["a Square token", "sq0", "atp-", [22, alnum]],
  ["a Square token", "EA", "AA", [60, alnum]],
  ["a Shopify token", "shp", "at_", [32, hex]],
  ["a Shopify token", "shp", "ss_", [32, hex]],
  ["a Flutterwave key", "FLWSECK", "_TEST-", [32, "abcdef123456789"], "-X"],
  ["a Shippo token", "ship", "po_live_", [40, hex]],
  ["an EasyPost API key", "EZ", "AK", [54, alnum]],
  ["a Duffel token", "duf", "fel_live_", [43, alnum]],
  ["an OpenAI API key", "s", "k-", [20, alnum], "T3Blbk", "FJ", [20, alnum]],
  ["an OpenAI API key", "sk-", "proj-", [80, alnum]],
  ["an Anthropic API key", "sk-", "ant-api03-", [93, alnum], "AA"],
  ["a Hugging Face token", "h", "f_", [34, lower + upper]],
  ["a Perplexity API key", "pp", "lx-", [48, alnum]],
  ["a Databricks token", "da", "pi", [32, hex]],
  ["a PlanetScale credential", "pscale", "_pw_", [43, alnum]],
  ["an Airtable token", "pa", "t", [14, alnum], ".", [64, hex]],
  ["a ClickHouse Cloud secret", "4b", "1d", [38, alnum]],
  ["a MaxMind licence key", [6, alnum], "_", [29, alnum], "_m", "mk"],
  ["a Grafana token", "gl", "c_", [60, alnum]],
  ["a Grafana token", "gl", "sa_", [32, alnum], "_", [8, hex]],
  ["a New Relic key", "NR", "AK-", [27, upper + digits]],
  ["a Dynatrace token", "dt0", "c01.", [24, upper + digits], ".", [64, upper + digits]],
  ["a Sentry token", "sntr", "yu_", [64, hex]],
  ["a JSON Web Token", "ey", "J", [30, alnum], ".ey", "J", [60, alnum], ".", [43, alnum]],
];

export interface MadeUp {
  readonly title: string;
  readonly text: string;
}

/** Several of every form. */
export function madeUpCredentials(each = 3): readonly MadeUp[] {
  return forms.flatMap(([title, ...parts], index) =>
    Array.from({ length: each }, (_, round) => ({
      title,
      text: parts
        .map((part, at) => (typeof part === "string" ? part : drawn(part[0], part[1], index * 101 + round * 11 + at)))
        .join(""),
    })),
  );
}

/** Names that say that their value is a credential, with values as people write them. */
export const toldByName: readonly (readonly [name: string, value: string])[] = [
  ["DB_PASSWORD", "hunter2"],
  ["DB_PASSWORD", "correct horse battery staple"],
  ["DB_PASSWORD", "20260824"],
  ["DB_PASSWORD", "p@ss/w0rd!"],
  ["DB_PASSWORD", "postgres"],
  ["dbPassword", "Sup3rSecret!"],
  ["dbpassword", "Sup3rSecret!"],
  ["DB_PASS", "Sup3rSecret!"],
  ["MYSQL_ROOT_PASSWORD", "rootroot"],
  ["PGPASSWORD", "orders-app-1"],
  ["REDIS_PASSWORD_PROD", "n0tS0Secret"],
  ["ADMIN_PWD", "letmein"],
  ["SSH_PASSPHRASE", "open sesame twice"],
  ["password", "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"],
  ["JWT_SECRET", "super-secret-jwt-key"],
  ["jwtSecret", "s3cr3t"],
  ["CLIENT_SECRET", "3f9c2a7b1d8e4f6a"],
  ["OAUTH_CLIENT_SECRET_V2", "orders-client-s3cret"],
  ["SESSION_SECRET", "keyboard-cat-42"],
  ["WEBHOOK_SECRET", "wh-9f8e7d6c5b4a"],
  ["STRIPE_WEBHOOK_SECRET", "a1B2c3D4e5F6"],
  ["SECRET", "hunter2!"],
  ["MY_SECRET", "aVerySecretValue1!"],
  ["SECRET_KEY_BASE", "b1946ac92492d2347c6235b4d2611184"],
  ["DJANGO_SECRET_KEY", "django-insecure-9x!k2"],
  ["API_KEY", "abcd1234efgh5678"],
  ["apiKey", "1f2e3d4c-5b6a-4978-8a9b-0c1d2e3f4a5b"],
  ["PARTNER_API_KEY", "partner-2026-orders"],
  ["X-Api-Key", "abcd1234efgh5678"],
  ["APIKEY", "abcd1234efgh5678"],
  ["AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCY" + "EXAMPLEKEY"],
  ["ENCRYPTION_KEY", "0123456789abcdef0123456789abcdef"],
  ["SIGNING_KEY", "c2lnbmluZy1rZXktb2Ytb3JkZXJz"],
  ["PRIVATE_KEY", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"],
  ["DATADOG_KEY", "9f86d081884c7d659a2feaa0c55ad015"],
  ["PAGERDUTY_INTEGRATION_KEY", "R0" + "9f86d081884c7d659a2feaa0c55a"],
  ["AUTH_TOKEN", "Tr0ub4dor3xKq9vLmZ"],
  ["ACCESS_TOKEN", "opaque-9f8e7d6c5b4a"],
  ["api_token", "test-9f8e7d6c5b4a"],
  ["GITHUB_TOKEN", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"],
  ["BASIC_AUTH", "admin:admin123"],
  ["DB_CREDENTIALS", "orders:hunter22"],
  ["DB_CREDENTIALS", '{"username":"orders","password":"hunter22"}'],
  ["CONFIG", '{"db":{"host":"db.internal","password":"hunter22"}}'],
  ["CONFIG", '{\\"apiKey\\":\\"abcd1234efgh5678\\"}'],
  ["DATABASE_URL", "postgres://orders:" + "hunter22@db.internal:5432/orders"],
  ["REDIS_URL", "redis://:" + "hunter22@cache.internal:6379"],
  ["MONGO_URI", "mongodb+srv://orders:" + "hunter22@cluster0.ab1cd.mongodb.net/orders"],
  ["CONNECTION_STRING", "Server=db.internal;Database=orders;User Id=app;Password=hunter22;"],
  ["BACKEND_URL", "https://partner.example.com/orders?api_key=abcd1234efgh5678"],
  ["AUTHORIZATION", "Bearer abcdef1234567890"],
  ["Authorization", "Basic b3JkZXJzOmh1bnRlcjIy"],
];
