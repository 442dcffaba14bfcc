#include <cstdlib>
#include "hidden.h"

int find() {
    less(500);
    abort();
}
