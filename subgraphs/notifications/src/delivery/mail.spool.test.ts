import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { describeMailerContract } from './mail.contract.ts';
import { spoolMailer } from './mail.spool.ts';

const FROM = 'Supergraph <notifications@supergraph.example>';

const openSpool = async () => {
  const home = await mkdtemp(join(tmpdir(), 'spool-'));
  const directory = join(home, 'mail');
  const mailer = spoolMailer(directory, FROM);
  const files = async () => (await readdir(directory)).toSorted();
  return {
    mailer,
    files,
    received: async () => Promise.all((await files()).map((file) => readFile(join(directory, file), 'utf8'))),
    // A file lies where the folder has to be.
    breakDown: async () => {
      await rm(directory, { recursive: true });
      await writeFile(directory, '');
    },
    close: async () => {
      await mailer.close();
      await rm(home, { recursive: true });
    },
  };
};

describeMailerContract('spoolMailer', openSpool);

it('keeps one file of a mail that is sent again', async () => {
  const spool = await openSpool();
  const mail = {
    id: 'ntf_1-email',
    to: { name: 'Ada', address: 'ada@example.com' },
    subject: 'Hello',
    text: 'Hello',
    at: new Date(0),
  };
  for (let time = 0; time < 3; time += 1) await spool.mailer.send(mail, new AbortController().signal);
  expect(await spool.files()).toEqual(['ntf_1-email.eml']);
  await spool.close();
});
