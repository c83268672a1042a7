#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace enstratus {

bool make_folder(const char* path) { return mkdir(path, 0755) == 0 || errno == EEXIST; }

bool write_and_close(int file, const uint8_t* data, size_t length) {
  size_t done = 0;
  while (done < length) {
    const auto written = write(file, data + done, length - done);
    if (written <= 0) break;
    done += static_cast<size_t>(written);
  }
  const bool synchronized = done == length && fsync(file) == 0;
  return close(file) == 0 && synchronized;
}

int read_some(int file, uint8_t* data, size_t length) {
  size_t done = 0;
  while (done < length) {
    const auto count = read(file, data + done, length - done);
    if (count < 0) return -1;
    if (count == 0) break;
    done += static_cast<size_t>(count);
  }
  return static_cast<int>(done);
}

bool replace_file(const char* path, const uint8_t* data, size_t length) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  return file >= 0 && write_and_close(file, data, length);
}

int read_file(const char* path, uint8_t* data, size_t capacity) {
  const int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  const int count = read_some(file, data, capacity);
  uint8_t more;
  const bool fits = count >= 0 && read_some(file, &more, 1) == 0;
  close(file);
  return fits ? count : -1;
}

}  // namespace enstratus
