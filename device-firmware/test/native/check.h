#pragma once
#include <stdio.h>

/** The checks of one native test binary: CHECK and CHECK_EQUAL in TEST bodies, and `int main() { return finish(); }` at its end. */
inline int& failures() {
  static int count = 0;
  return count;
}
inline int& tests() {
  static int count = 0;
  return count;
}
inline bool check(bool ok, const char* what, const char* file, int line) {
  if (!ok) {
    failures()++;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
  }
  return ok;
}
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(actual, expected)                                                                                       \
  do {                                                                                                                      \
    const long long actual_value = static_cast<long long>(actual), expected_value = static_cast<long long>(expected);       \
    if (!check(actual_value == expected_value, #actual " is " #expected, __FILE__, __LINE__))                               \
      fprintf(stderr, "  %lld instead of %lld\n", actual_value, expected_value);                                            \
  } while (false)
/** Runs when the program starts, in the order of the file. */
#define TEST(name)                                                         \
  static void test_##name();                                               \
  static const int ran_##name = (tests()++, test_##name(), 0);             \
  static void test_##name()
inline int finish() {
  printf("%d tests, %d failures\n", tests(), failures());
  return failures() == 0 && tests() > 0 ? 0 : 1;
}
