// Exceptions of a library, through a library, and one that nobody catches.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <typeinfo>

struct Base {
    virtual ~Base() = default;
};
struct Derived : Base {};

int compare(const void *, const void *) { throw Derived(); }

int main() {
    try {
        std::stoi("none");
    } catch (const std::logic_error &error) {
        std::cout << error.what() << " " << typeid(error).name() << std::endl;
    }
    try {
        std::ifstream missing;
        missing.exceptions(std::ios::failbit);
        missing.open("/nowhere");
    } catch (const std::ios_base::failure &) {
        std::cout << "failure" << std::endl;
    }
    try {
        int both[] = {2, 1};
        qsort(both, 2, sizeof *both, compare);
    } catch (const Base &caught) {
        std::cout << (dynamic_cast<const Derived *>(&caught) != nullptr) << std::endl;
    }
    throw std::runtime_error("not caught");
}
