import { describe, expect, it } from 'vitest';
import { demandThisMachine } from './this-machine.ts';

describe('a webhook goes to this machine alone', () => {
  it.each([
    'http://127.0.0.1:1/a',
    'https://127.9.8.7/',
    'http://localhost:20400/{{{PARTICLE_DEVICE_ID}}}?a={{b}}',
    'http://[::1]:9',
    'http://0x7f.1/',
    // Looked at when it is filled in.
    'http://{{{host}}}/a',
    'http://127.0.0.1{{{rest}}}/a',
  ])('%s is taken', (url) => {
    expect(() => demandThisMachine(url)).not.toThrow();
  });

  it.each([
    'https://example.com/a',
    'http://127.0.0.1@example.com/',
    'http://127.0.0.1:1@example.com/',
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://example.com\\@127.0.0.1/',
    'http://example.com/{{{x}}}',
    'http://example.com#{{{x}}}',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://0.0.0.0/',
    'http://[::ffff:7f00:1]/',
    'http://',
  ])('%s is refused by name', (url) => {
    expect(() => demandThisMachine(url)).toThrow('not_carried_out');
  });
});
