#include "hidden.h"

int find() {
    return 77;
}
