#pragma once
#include <stddef.h>
#include <stdint.h>

namespace enstratus {

/**
 * How many seconds after its last sample a device publishes a pack, 0 to 59: PROTOCOL.md, "The second of a pack". It follows from the id alone (Particle's, 24
 * hexadecimal digits), so that it is the same after each start. 0 for an empty id: who can't be told from others doesn't wait.
 */
uint8_t pack_second(const char* id, size_t length);

}  // namespace enstratus
