import { describe, expect, it } from '@jest/globals';
import { asked, current, world } from './accounts.fixture.ts';
import { parsePassword } from './account.values.ts';

describe('deactivating', () => {
  it('keeps at least one of two owners who deactivate each other', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'OWNER'));
    const race = await Promise.allSettled([
      there.deactivate(asked(ada), bob.userId),
      there.deactivate(asked(bob), ada.userId),
    ]);
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is refused for the last owner', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    await expect(there.deactivate(asked(ada), ada.userId)).rejects.toMatchObject({ code: 'LAST_OWNER' });
  });

  it("cannot reach another tenant's user", async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const eve = await there.register('eve@example.com');
    await expect(there.deactivate(asked(eve), ada.userId)).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
      fields: { field: 'userId' },
    });
  });

  it('makes access tokens worthless', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'MEMBER'));
    await there.deactivate(asked(ada), bob.userId);
    expect(there.denied).toMatchObject([{ userId: bob.userId, sessionEpoch: 1 }]);
  });
});

describe('an invitation', () => {
  it('brings one person in, once, as what it says', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'Bob@example.com', 'ADMIN');
    const race = await Promise.allSettled(
      ['bob@example.com', 'BOB@example.com'].map((email) => there.register(email, invitation)),
    );
    expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const bob = race.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))[0];
    expect(bob).toMatchObject({ tenantId: ada.tenantId, role: 'ADMIN' });
  });

  it('is for its address alone, and leaves no reservation when it is refused', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'bob@example.com', 'MEMBER');
    await expect(there.register('eve@example.com', invitation)).rejects.toMatchObject({
      code: 'INVITATION_INVALID',
    });
    expect(await there.holder('eve@example.com')).toBeUndefined();
  });

  it('expires after seven days', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const invitation = await there.invite(ada, 'bob@example.com', 'MEMBER');
    there.clock.advance(7 * 24 * 60 * 60 * 1_000);
    await expect(there.register('bob@example.com', invitation)).rejects.toMatchObject({
      code: 'INVITATION_EXPIRED',
    });
  });

  it('cannot be issued by a member', async () => {
    const there = world();
    const ada = await there.register('ada@example.com');
    const bob = await there.register('bob@example.com', await there.invite(ada, 'bob@example.com', 'MEMBER'));
    await expect(there.invite(bob, 'eve@example.com', 'MEMBER')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

it('a changed password ends other sessions and is the only one that works', async () => {
  const there = world();
  const ada = await there.register('ada@example.com');
  const next = parsePassword('battery staple');
  const { account } = await there.changePassword(asked(ada), { current, next });
  expect(account).toMatchObject({ sessionEpoch: 1, keptSessionId: ada.sessionId });
  await expect(there.changePassword(asked(ada), { current, next })).rejects.toMatchObject({
    code: 'CREDENTIALS_INVALID',
  });
});
