/** The furthest position in a server's log that was noted. */
export class LogPosition {
  #lsn = '0/0';
  #bytes = 0n;

  get lsn(): string {
    return this.#lsn;
  }

  /** Several connections tell of positions, and not in their order. */
  note(lsn: string): void {
    const bytes = bytesOf(lsn);
    if (bytes <= this.#bytes) return;
    this.#bytes = bytes;
    this.#lsn = lsn;
  }
}

const bytesOf = (lsn: string): bigint => {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
};
