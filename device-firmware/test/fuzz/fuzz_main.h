#pragma once
#include <sanitizer/common_interface_defs.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <chrono>
#include <random>
#include <vector>

/**
 * Runs a fuzz target without libFuzzer: `<program> [seconds] [seed]`, 2 s from seed 1 when left out. Half of the inputs are random, half are sound ones
 * (`sound_input` below) with a few bytes changed, cut or added. With -DENSTRATUS_LIBFUZZER there is no main, and libFuzzer brings its own.
 * The input that fails is printed in hexadecimal digits.
 */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace fuzz {

using Bytes = std::vector<uint8_t>;
using Random = std::mt19937;

inline uint32_t below(Random& random, uint32_t limit) { return static_cast<uint32_t>(random() % limit); }

inline Bytes& current() {
  static Bytes input;
  return input;
}
inline void print_current() {
  fprintf(stderr, "input: ");
  for (const uint8_t byte : current()) fprintf(stderr, "%02x", byte);
  fprintf(stderr, "\n");
}
/** Ends the program when what must hold doesn't. */
inline void must(bool holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "does not hold: %s\n", what);
  print_current();
  abort();
}

inline Bytes random_bytes(Random& random, uint32_t most) {
  Bytes bytes(below(random, most + 1));
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

inline void mutate(Random& random, Bytes& bytes) {
  for (uint32_t left = below(random, 4); left > 0 && !bytes.empty(); left--) {
    const auto at = static_cast<long>(below(random, static_cast<uint32_t>(bytes.size())));
    switch (below(random, 4)) {
      case 0: bytes[static_cast<size_t>(at)] ^= static_cast<uint8_t>(1u << below(random, 8)); break;
      case 1: bytes[static_cast<size_t>(at)] = static_cast<uint8_t>(random()); break;
      case 2: bytes.erase(bytes.begin() + at); break;
      default: bytes.insert(bytes.begin() + at, static_cast<uint8_t>(random())); break;
    }
  }
}

inline int run(int count, char** arguments, Bytes (*sound_input)(Random&), uint32_t most_bytes) {
  const double seconds = count > 1 ? atof(arguments[1]) : 2;
  const auto seed = static_cast<uint32_t>(count > 2 ? strtoul(arguments[2], nullptr, 10) : 1);
  __sanitizer_set_death_callback(print_current);
  Random random(seed);
  const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  unsigned long inputs = 0;
  do {
    for (int i = 0; i < 100; i++, inputs++) {
      if (below(random, 2) == 0) {
        current() = random_bytes(random, most_bytes);
      } else {
        current() = sound_input(random);
        mutate(random, current());
      }
      // A copy of exactly its size, so that the sanitizer sees a read behind its end.
      const Bytes exact(current());
      LLVMFuzzerTestOneInput(exact.data(), exact.size());
    }
  } while (std::chrono::steady_clock::now() < until);
  printf("%lu inputs from seed %u\n", inputs, seed);
  return inputs > 0 ? 0 : 1;
}

}  // namespace fuzz
