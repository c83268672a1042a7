#include "rs485.h"

#include "Particle.h"

namespace {

constexpr uint16_t kDirectionPin = D4;
/** Start, 8 data, parity, stop. */
constexpr uint32_t kBitsPerCharacter = 11;
/** For a drive that answers at all; the guide gives 1 s as usual upper limit, drives take some ten milliseconds. */
constexpr uint32_t kAnswerTimeout_us = 300000;
/** Longer than the standard's 3.5 characters, because another thread may run between a look at the buffer and one at the clock. */
constexpr uint32_t kEndOfFrame_us = 5000;

// 64 bytes, Device OS's default, are less than the longest answer.
constexpr uint16_t kBufferBytes = 320;
uint8_t receive_buffer[kBufferBytes];
uint8_t send_buffer[kBufferBytes];

}  // namespace

// Device OS asks for it by this name when Serial1 begins.
hal_usart_buffer_config_t acquireSerial1Buffer();
hal_usart_buffer_config_t acquireSerial1Buffer() {
  hal_usart_buffer_config_t config = {};
  config.size = sizeof config;
  config.rx_buffer = receive_buffer;
  config.rx_buffer_size = kBufferBytes;
  config.tx_buffer = send_buffer;
  config.tx_buffer_size = kBufferBytes;
  return config;
}

namespace enstratus {

void Rs485::begin(uint32_t baud) {
  character_us_ = kBitsPerCharacter * 1000000 / baud + 1;
  // 2.5.1.1 of the guide: 3.5 characters, and 1.75 ms at more than 19200 baud.
  silence_us_ = baud > 19200 ? 1750 : character_us_ * 7 / 2;
  pinMode(kDirectionPin, OUTPUT);
  digitalWrite(kDirectionPin, LOW);
  Serial1.begin(baud, SERIAL_8E1);
  last_byte_us_ = static_cast<uint32_t>(micros());
}

void Rs485::wait_for_silence() {
  while (Serial1.available() > 0) {
    Serial1.read();
    last_byte_us_ = static_cast<uint32_t>(micros());
  }
  const uint32_t quiet_us = static_cast<uint32_t>(micros()) - last_byte_us_;
  if (quiet_us < silence_us_) delayMicroseconds(silence_us_ - quiet_us);
}

void Rs485::send(const uint8_t* request, size_t length) {
  digitalWrite(kDirectionPin, HIGH);
  const uint32_t begun_us = static_cast<uint32_t>(micros());
  Serial1.write(request, length);
  Serial1.flush();
  // flush() says that the buffer is empty, not that the last stop bit has left the line.
  const uint32_t needed_us = static_cast<uint32_t>(length + 1) * character_us_;
  const uint32_t taken_us = static_cast<uint32_t>(micros()) - begun_us;
  if (taken_us < needed_us) delayMicroseconds(needed_us - taken_us);
  digitalWrite(kDirectionPin, LOW);
}

int Rs485::exchange(const uint8_t* request, size_t length, uint8_t* response, size_t capacity) {
  wait_for_silence();
  send(request, length);
  size_t received = 0;
  last_byte_us_ = static_cast<uint32_t>(micros());
  while (received < capacity) {
    if (Serial1.available() > 0) {
      response[received++] = static_cast<uint8_t>(Serial1.read());
      last_byte_us_ = static_cast<uint32_t>(micros());
      continue;
    }
    const uint32_t quiet_us = static_cast<uint32_t>(micros()) - last_byte_us_;
    if (quiet_us >= (received == 0 ? kAnswerTimeout_us : kEndOfFrame_us)) break;
    // Not delay(): that one also runs cloud functions, which would call into the core while it waits for this answer.
    HAL_Delay_Milliseconds(1);
  }
  return static_cast<int>(received);
}

}  // namespace enstratus
