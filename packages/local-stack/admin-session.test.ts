import { describe, expect, it } from '@jest/globals';
import { urlOf } from './admin-session.ts';

const admin = 'postgresql://postgres:secret@127.0.0.1:25432/postgres';

describe('urlOf', () => {
  it('changes the database alone', () => {
    expect(urlOf(admin, 'users')).toBe('postgresql://postgres:secret@127.0.0.1:25432/users');
  });

  it('changes the role along with it', () => {
    expect(urlOf(admin, 'users', { name: 'users_app', password: 'a/b@c:d%' })).toBe(
      'postgresql://users_app:a%2Fb%40c%3Ad%25@127.0.0.1:25432/users',
    );
  });

  it.each(['plain', 'a/b@c:d', '100%', 'ä b', '%2F'])('keeps the password "%s" readable', (password) => {
    const { password: encoded } = new URL(urlOf(admin, 'users', { name: 'users_app', password }));
    expect(decodeURIComponent(encoded)).toBe(password);
  });
});
