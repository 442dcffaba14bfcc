#include <cstdio>

struct Said {
    const char *name;
    explicit Said(const char *name) : name(name) { std::printf("+ %s\n", name); }
    ~Said() { std::printf("- %s\n", name); }
};

template <class T> struct Of {
    static Said value;
};
inline Said shared("shared");
