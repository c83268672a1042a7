#pragma once
#include <stddef.h>
#include <stdint.h>

#include "status_document.h"

struct Text {
  const char* text;
  size_t length;
};

/** One vector of any of the contract's files; what a file doesn't have is empty. */
struct Vector {
  const char* name;
  const char* text;
  size_t length;
  bool canonical;
  uint32_t published_at_s;
  const char* reason;
  uint8_t pack_minutes;
  uint8_t second;
  const enstratus::StatusDocument* documents;
  size_t count;
  const Text* packs;
  size_t pack_count;
};
