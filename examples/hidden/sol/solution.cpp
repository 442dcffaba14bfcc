#include "hidden.h"

int find() {
    int low = 1, high = 1001;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (less(middle)) high = middle;
        else low = middle;
    }
    return low;
}
