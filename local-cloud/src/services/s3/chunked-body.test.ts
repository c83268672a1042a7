import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeChunkedBody } from './chunked-body.ts';

const frame = (chunks: readonly Uint8Array[], signed: boolean, trailers: readonly string[]): Buffer =>
  Buffer.concat([
    ...chunks
      .filter((chunk) => chunk.length > 0)
      .flatMap((chunk) => [
        Buffer.from(`${chunk.length.toString(16)}${signed ? ';chunk-signature=abc123' : ''}\r\n`),
        Buffer.from(chunk),
        Buffer.from('\r\n'),
      ]),
    Buffer.from(`0${signed ? ';chunk-signature=def' : ''}\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`),
  ]);

it('gives back what was framed, however it was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), fc.boolean(), (chunks, signed) => {
      const whole = Buffer.concat(chunks);
      const { body, trailers } = decodeChunkedBody(frame(chunks, signed, ['x-amz-checksum-crc32:AAAAAA==']), whole.length);
      expect(body.equals(whole)).toBe(true);
      expect(trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
    }),
  );
});

it('refuses a body that ends too early, wherever it ends', () => {
  const framed = frame([Buffer.from('hello'), Buffer.from('\r\nworld')], false, []);
  const lastChunk = framed.length - '0\r\n\r\n'.length;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: lastChunk }), (cut) => {
      expect(() => decodeChunkedBody(framed.subarray(0, cut), 12)).toThrow('terminated unexpectedly');
    }),
  );
});

it('refuses a size that is no number and a length that is not met', () => {
  expect(() => decodeChunkedBody(Buffer.from('xyz\r\nabc\r\n0\r\n\r\n'))).toThrow('terminated unexpectedly');
  expect(() => decodeChunkedBody(Buffer.from('3\r\nabcd\r\n0\r\n\r\n'))).toThrow('terminated unexpectedly');
  expect(() => decodeChunkedBody(Buffer.from('3\r\nabc\r\n0\r\n\r\n'), 4)).toThrow('terminated unexpectedly');
});
