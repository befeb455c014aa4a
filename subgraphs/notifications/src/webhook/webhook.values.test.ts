import { describe, expect, it } from '@jest/globals';
import { parseWebhookUrl, signWebhook, webhookSecretOf } from './webhook.values.ts';

const parse = (raw: string, mayBePrivate = false) => parseWebhookUrl(raw, { mayBePrivate });

describe('the address of a webhook', () => {
  it.each([
    ['https://example.com/hook', 'https://example.com/hook'],
    [' http://EXAMPLE.com ', 'http://example.com/'],
    ['https://8.8.8.8:8443/a?b=c', 'https://8.8.8.8:8443/a?b=c'],
  ])('may be %j', (raw, url) => {
    expect(parse(raw)).toBe(url);
  });

  it.each([
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'example.com',
    '',
    'https://user:pass@example.com/',
    'https://example.com/#part',
    `https://example.com/${'a'.repeat(2_048)}`,
    'http://localhost/',
    'http://db.internal/',
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[fd00::1]/',
  ])('may not be %j', (raw) => {
    expect(() => parse(raw)).toThrow(expect.objectContaining({ code: 'WEBHOOK_URL_INVALID' }));
  });

  it('may be private where that is allowed', () => {
    expect(parse('http://127.0.0.1:9000/', true)).toBe('http://127.0.0.1:9000/');
  });
});

describe('the signature', () => {
  it('is that of the example of Standard Webhooks', () => {
    const { headers } = signWebhook(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      new Date(1_614_265_330_000),
      '{"test": 2432232314}',
    );
    expect(headers).toMatchObject({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('is made with a secret of its own for each webhook and each key', () => {
    const secrets = [webhookSecretOf('a', '1'), webhookSecretOf('a', '2'), webhookSecretOf('b', '1')];
    expect(new Set(secrets).size).toBe(3);
    expect(webhookSecretOf('a', '1')).toBe(secrets[0]);
    expect(secrets[0]).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  });
});
