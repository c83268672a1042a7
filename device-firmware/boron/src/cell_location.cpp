#include "cell_location.h"

#include <stdio.h>

namespace enstratus {

void CellLocation::poll(Now now, bool line_free) {
  Cell cell;
  if (told_ || !line_free || now.utc_s == 0 || !Particle.connected() || !modem_.cell(cell)) return;
  char text[160];
  const int length = snprintf(text, sizeof text, "{\"cmd\":\"loc\",\"time\":%lu,\"loc\":{\"lck\":0},\"towers\":[{\"rat\":\"lte\",\"mcc\":%u,\"mnc\":%u,\"lac\":%u,\"cid\":%lu}]}",
                              static_cast<unsigned long>(now.utc_s), static_cast<unsigned>(cell.country), static_cast<unsigned>(cell.network),
                              static_cast<unsigned>(cell.area), static_cast<unsigned long>(cell.cell));
  event_.clear();
  event_.name("loc").data(text, static_cast<size_t>(length));
  told_ = event_.isOk() && Particle.publish(event_);
}

}  // namespace enstratus
