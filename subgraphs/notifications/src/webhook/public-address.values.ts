/**
 * Whether an IP address, written down, belongs to the public internet. What is no address is not public.
 *
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 6890.
 */
export const isPublicAddress = (address: string): boolean => {
  const four = parseV4(address);
  if (four !== undefined) return !ranges4.some(([start, bits]) => sharesPrefix(four, start, bits, 32));
  const six = parseV6(address);
  if (six === undefined) return false;
  // IPv4 inside IPv6 (mapped, and by NAT64) leads to where the IPv4 address does.
  if (six >> 32n === 0xffffn || six >> 32n === 0x64ff9b0000000000000000n) {
    return isPublicAddress(textOfV4(six & 0xffffffffn));
  }
  const isGlobal = sharesPrefix(six, 0x2000n << 112n, 3, 128);
  return isGlobal && !ranges6.some(([start, bits]) => sharesPrefix(six, start, bits, 128));
};

const parseV4 = (text: string): bigint | undefined => {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const parts = text.split('.').map(Number);
  return parts.some((part) => part > 255)
    ? undefined
    : parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
};

const textOfV4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.');

const parseV6 = (given: string): bigint | undefined => {
  const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(given.replace(/%.*$/, ''));
  const four = tail === null ? undefined : parseV4(tail[2] ?? '');
  if (tail !== null && four === undefined) return undefined;
  const text =
    tail === null || four === undefined
      ? given.replace(/%.*$/, '')
      : `${tail[1] ?? ''}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const [left = '', right, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const [front, back] = [groupsOf(left), groupsOf(right ?? '')];
  const missing = 8 - front.length - back.length;
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
};

const sharesPrefix = (address: bigint, start: bigint, bits: number, length: number): boolean =>
  (address ^ start) >> BigInt(length - bits) === 0n;

type Range = readonly [start: bigint, bits: number];

const range4 = (start: string, bits: number): Range => [parseV4(start) ?? 0n, bits];
const range6 = (start: string, bits: number): Range => [parseV6(start) ?? 0n, bits];

const ranges4: readonly Range[] = [
  range4('0.0.0.0', 8),
  range4('10.0.0.0', 8),
  range4('100.64.0.0', 10),
  range4('127.0.0.0', 8),
  range4('169.254.0.0', 16),
  range4('172.16.0.0', 12),
  range4('192.0.0.0', 24),
  range4('192.0.2.0', 24),
  range4('192.88.99.0', 24),
  range4('192.168.0.0', 16),
  range4('198.18.0.0', 15),
  range4('198.51.100.0', 24),
  range4('203.0.113.0', 24),
  // Multicast, reserved, broadcast.
  range4('224.0.0.0', 3),
];

/** Within the global 2000::/3, what is not for everybody: Teredo, benchmarking, ORCHID, documentation, 6to4. */
const ranges6: readonly Range[] = [
  range6('2001::', 23),
  range6('2001:db8::', 32),
  range6('2002::', 16),
  range6('3fff::', 20),
];
