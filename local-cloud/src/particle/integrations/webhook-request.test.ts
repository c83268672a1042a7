import { describe, expect, it } from 'vitest';
import { newEvent } from '../events/particle-event.ts';
import type { WebhookSettings } from '../state/records.ts';
import { prepare } from './webhook-request.ts';

const USUAL = {
  name: null,
  event: 'Elevation',
  url: 'https://example.com/a',
  requestType: 'POST',
  noDefaults: false,
  rejectUnauthorized: true,
  unchunked: false,
  disabled: false,
} as const;
const request = (settings: Partial<WebhookSettings>, data = '{"lat":39.739155,"lng":-104.984703}', name = 'Elevation') =>
  prepare({ ...USUAL, ...settings })(newEvent(0, { coreid: 'abc', product_id: 1, owner: null }, name, data));

describe('what a webhook sends', () => {
  it('is the event as a form when nothing else is said', () => {
    const { method, url, headers, body } = request({}, 'my data');
    expect({ method, url }).toEqual({ method: 'POST', url: 'https://example.com/a' });
    expect(headers).toEqual({
      'user-agent': 'ParticleBot/1.1 (https://docs.particle.io/webhooks)',
      'content-type': 'application/x-www-form-urlencoded',
    });
    expect(body).toBe('event=Elevation&data=my%20data&published_at=1970-01-01T00%3A00%3A00.000Z&coreid=abc');
  });

  // The next three are examples of the Webhook reference, "Examples".
  it('takes the key of a JSON body from the event', () => {
    const { headers, body } = request(
      { json: { '{{PARTICLE_EVENT_NAME}}': '{{{PARTICLE_EVENT_VALUE}}}' }, noDefaults: true },
      '20.00',
      'Temperature/Kitchen',
    );
    expect(body).toBe('{"Temperature/Kitchen":"20.00"}');
    expect(headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json' });
  });

  it('has texts where the JSON body has variables', () => {
    expect(request({ json: { coordinates: { lat: '{{{lat}}}', lng: '{{{lng}}}' } }, noDefaults: true }).body).toBe(
      '{"coordinates":{"lat":"39.739155","lng":"-104.984703"}}',
    );
  });

  it('has numbers by a custom body, whose content type is its own', () => {
    const { headers, body } = request({ headers: { 'Content-Type': 'application/json' }, body: '{ "lat": {{{lat}}} }', noDefaults: true });
    expect(body).toBe('{ "lat": 39.739155 }');
    expect(headers['content-type']).toBe('application/json');
  });

  it('adds its own JSON and form fields to the default ones', () => {
    expect(JSON.parse(request({ json: { extra: 'x' } }, 'd').body ?? '')).toEqual({
      event: 'Elevation',
      data: 'd',
      published_at: '1970-01-01T00:00:00.000Z',
      coreid: 'abc',
      extra: 'x',
    });
    expect(request({ form: { extra: '{{{lat}}}' }, noDefaults: true }).body).toBe('extra=39.739155');
  });

  it('reads a JSON template that is JSON only once it is filled in', () => {
    expect(request({ json: '{"lat":{{{lat}}}}', noDefaults: true }).body).toBe('{"lat":39.739155}');
    expect(() => request({ json: '{"lat":{{{nothing}}}}', noDefaults: true })).toThrow();
  });

  it('keeps JSON data whole inside a JSON body', () => {
    expect(JSON.parse(request({ json: { data: '{{{PARTICLE_EVENT_VALUE}}}' }, noDefaults: true }).body ?? '')).toEqual({
      data: '{"lat":39.739155,"lng":-104.984703}',
    });
  });

  it('puts everything of a GET into the query', () => {
    const { method, url, body } = request({
      requestType: 'GET',
      query: { locations: '{{{lat}}},{{{lng}}}' },
      noDefaults: true,
      url: 'https://e.example/j?k=1',
    });
    expect({ method, url, body }).toEqual({
      method: 'GET',
      url: 'https://e.example/j?k=1&locations=39.739155%2C-104.984703',
      body: undefined,
    });
    expect(request({ requestType: 'GET' }, 'd').url).toContain('?event=Elevation&data=d&');
  });

  it('sends no body with DELETE, nor with POST when there is nothing to send', () => {
    expect(request({ requestType: 'DELETE' }).body).toBeUndefined();
    expect(request({ noDefaults: true }).body).toBeUndefined();
  });

  it('fills in the URL and signs in', () => {
    const { url, headers } = request({
      url: 'https://example.com/{{{PARTICLE_DEVICE_ID}}}/{{{lat}}}',
      auth: { username: 'u', password: 'p' },
    });
    expect(url).toBe('https://example.com/abc/39.739155');
    expect(headers['authorization']).toBe(`Basic ${Buffer.from('u:p').toString('base64')}`);
  });
});
