#include "platform.h"

namespace enstratus {

const char* event_name(EventName name) {
  switch (name) {
    case EventName::live:
      return "status/live";
    case EventName::changed:
      return "status/changed";
    case EventName::report:
      return "status/report";
    case EventName::status:
      break;
  }
  return "status";
}

}  // namespace enstratus
