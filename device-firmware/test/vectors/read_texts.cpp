// Reads texts as the cloud gets them, one a line: when each was published in epoch seconds (0: not known), a space, and its bytes in hexadecimal digits.
// For each it prints a line: the reason why it is refused, or its documents as JSON (boot, seq, time, state, steps of each field), a tab, and their pack.
#include <iostream>
#include <string>
#include <vector>

#include "pack_reader.h"
#include "pack_writer.h"

using namespace enstratus;

static void print_document(const StatusDocument& document) {
  std::cout << '[' << document.boot_id << ',' << document.seq << ',' << document.time_s << ",\"" << run_state_name(document.readings.run_state) << '"';
  for (const int32_t steps : document.readings.steps) {
    if (steps == kNoReading) {
      std::cout << ",null";
    } else {
      std::cout << ',' << steps;
    }
  }
  std::cout << ']';
}

int main() {
  uint32_t published_at_s = 0;
  std::string digits;
  while (std::cin >> published_at_s && std::getline(std::cin, digits)) {
    // On the heap and of exactly its size, so that the sanitizer sees a read behind its end.
    std::vector<char> text;
    for (size_t at = 1; at + 1 < digits.size(); at += 2) text.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
    text.shrink_to_fit();
    StatusDocument documents[kMaxPackDocuments];
    const ReadStatus read = read_status(text.data(), text.size(), documents, published_at_s);
    if (read.refusal != Refusal::none) {
      std::cout << refusal_name(read.refusal) << '\n';
      continue;
    }
    for (size_t at = 0; at < read.count; at += 1) {
      std::cout << (at == 0 ? '[' : ',');
      print_document(documents[at]);
    }
    char pack[kMaxPackBytes];
    std::cout << "]\t" << std::string(pack, write_pack(documents, read.count, pack, sizeof pack)) << '\n';
  }
  return 0;
}
