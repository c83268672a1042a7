#include "../../core/pack_second.h"

#include <string.h>

#include "check.h"

using namespace enstratus;

namespace {

constexpr uint32_t kDevices = 5000;

/** Chi-square of how devices spread over the 60 seconds. Of 59 degrees of freedom: above 98.3 in one of a thousand lots of real chance (NIST, "Critical values"). */
double chi_square(const uint32_t (&devices_in)[60]) {
  const double expected = kDevices / 60.0;
  double sum = 0;
  for (const uint32_t devices : devices_in) sum += (devices - expected) * (devices - expected) / expected;
  return sum;
}

void check_even(const uint32_t (&devices_in)[60]) {
  CHECK(chi_square(devices_in) < 98.3);
  for (const uint32_t devices : devices_in) CHECK(devices > 83 / 2 && devices < 83 * 3 / 2);
}

/** Ids of one lot: the same but for `number`, which stands at `place` in as many hexadecimal digits as there is room for. */
void check_lot(size_t place, uint32_t factor) {
  uint32_t devices_in[60] = {};
  for (uint32_t number = 0; number < kDevices; number++) {
    char id[] = "e00fce68333a0b7effffffff";
    uint32_t rest = number * factor;
    for (size_t digit = 0; digit < 8; digit++, rest >>= 4) id[place + 7 - digit] = "0123456789abcdef"[rest & 15];
    const uint8_t second = pack_second(id, strlen(id));
    if (CHECK(second < 60)) devices_in[second]++;
  }
  check_even(devices_in);
}

}  // namespace

TEST(ids_in_a_row_spread_evenly) {
  check_lot(16, 1);
  check_lot(8, 1);
}
TEST(ids_with_gaps_spread_evenly) {
  check_lot(16, 16);
  check_lot(8, 60);
}
TEST(ids_of_chance_spread_evenly) { check_lot(16, 2654435761u); }
TEST(no_id_waits_for_nothing) { CHECK_EQUAL(pack_second("", 0), 0); }

int main() { return finish(); }
