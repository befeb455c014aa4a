/**
 * What only operators write and read. A subgraph may repeat what a client sent, so that none of these may take long on any
 * text: repetitions are bounded where they could begin anywhere.
 */
const REVEALING: readonly RegExp[] = [
  // Any URL, connection strings included.
  /[a-z0-9+.-]:\/\/\S/i,
  // Hosts: public ones by their end, but not the domain of an e-mail address; internal ones; with a port.
  /(?<![@\w.-])[a-z0-9][\w-]{0,62}(?:\.[\w-]{1,63}){0,5}\.(?:com|net|org|io|dev|cloud|app|co|biz|info|tech|eu|de|uk|us)\b(?!\.?[\w(])/i,
  /(?<![\w-])[\w-]{1,63}\.(?:internal|intranet|local|localdomain|lan|corp|svc|cluster|consul|compose)\b/i,
  /\blocalhost\b/i,
  /(?<![\w.-])[a-z][\w-]{0,62}(?:\.[\w-]{1,63}){1,8}:\d{2,5}\b/i,
  /(?<![\w-])[a-z][\w-]{0,62}:\d{4,5}\b/i,
  // IPv4, IPv6.
  /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/,
  /(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])/i,
  /(?<![\w:])(?:[0-9a-f]{1,4}:)*:(?:[0-9a-f]{1,4})(?::[0-9a-f]{1,4})*(?!\w)/i,
  // Frames of stacks: JavaScript and Java, Python, Go, Rust, Ruby, .NET, PHP.
  /^\s*at\s+\S.*[(:]\s*\S*\d+\)?\s*$/m,
  /\bat\s+[\w$.<>[\] ]+\s\([^)]*:\d+(?::\d+)?\)/,
  /\bTraceback \(most recent call last\)|\bFile "[^"]+", line \d+/,
  /\bgoroutine \d+ \[|\bpanicked at\b|\bException in thread\b|\bCaused by: /,
  /[\w-]\.(?:[cm]?[jt]sx?|java|kt|py|go|rb|rs|cs|php|scala|exs?|clj):\d+/,
  /#\d+ \S+\(\d+\): /,
  // Files.
  /(?:^|[\s"'`(=:,])\/(?:[\w.@+-]+\/)+[\w.@+-]*/,
  /(?:^|[\s"'`(=:,])(?:[a-z]:\\|\\\\)[\w.$-]/i,
  /\bnode_modules\b|\bsite-packages\b/,
  // What sockets, runtimes and databases say.
  /\bE(?:CONN[A-Z]+|NOTFOUND|TIMEDOUT|AI_[A-Z]+|PIPE|HOSTUNREACH|NETUNREACH|ADDR[A-Z]+|NOENT|ACCES|PERM|MFILE)\b/,
  /\bCannot read propert|\bMaximum call stack\b|\b(?:TypeError|ReferenceError|RangeError|SyntaxError|NullPointerException)\b/,
  /\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\s[^]*\b(?:FROM|VALUES|SET|WHERE)\b/,
  /\bviolates [\w -]+ constraint\b|\bduplicate key value\b|\b(?:relation|column|table) "[^"]+" (?:does not exist|of relation)/,
  // Secrets.
  /\beyJ[\w-]{5,}\.eyJ|\b(?:Bearer|Basic) +[\w.~+/=-]{8,}|-----BEGIN /,
  /\b(?:password|passwd|pwd|secret|token|api[_-]?key)=\S/i,
  // How the gateway asks for entities.
  /\$representations\b|\b_entities\b|\b_Any\b|\b_service\b/,
];

/** What is longer is looked at up to here; callers let no more of it out. */
export const TEXT_LENGTH_MAX = 1_000;

/**
 * Whether a text shows something of the inside: a URL, a host, an address, a stack, a path of a file, a query, a secret.
 *
 * A net under what subgraphs mark for clients by mistake, not a proof: it knows shapes, not meanings. It would rather
 * mask a sentence too many: `3.2.1.0` is an address to it, `/a/b` a file.
 */
export const isRevealing = (text: string): boolean => {
  const start = text.slice(0, TEXT_LENGTH_MAX);
  return REVEALING.some((pattern) => pattern.test(start));
};
