#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * Small files that are replaced as a whole (docs.particle.io, "File system": LittleFS takes over what was written when it is synchronized, and keeps
 * the old content when power is cut before that).
 */
namespace enstratus {

constexpr size_t kMaxPath = 64;

/** Makes a folder; true when it is there, be it new or not. */
bool make_folder(const char* path);
/** Replaces a file's content. False when it could not be written. */
bool replace_file(const char* path, const uint8_t* data, size_t length);
/** Reads a whole file; returns its length, -1 when there is none, it can't be read, or it is longer than `capacity`. */
int read_file(const char* path, uint8_t* data, size_t capacity);
/** Writes all of it at the file's place, and synchronizes. Closes the file in any case. */
bool write_and_close(int file, const uint8_t* data, size_t length);
/** Reads until `length` bytes or the file's end; returns how many, -1 on failure. */
int read_some(int file, uint8_t* data, size_t length);

}  // namespace enstratus
