#include "register_map.h"

#include <string.h>

namespace enstratus {

const RegisterMap* find_register_map(const char* name) {
  const RegisterMap* const maps[] = {&kInvtMap, &kOptidriveMap};
  for (const RegisterMap* map : maps) {
    if (strcmp(map->name, name) == 0) return map;
  }
  return nullptr;
}

}  // namespace enstratus
