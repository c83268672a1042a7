#pragma once
#include "status_members.h"

namespace enstratus {

/** The document in the members of a plain one (PROTOCOL.md, "A plain document"). `published_at_s` is 0 where it isn't known. */
Refusal read_plain(const Members& members, uint32_t published_at_s, StatusDocument& document);

}  // namespace enstratus
