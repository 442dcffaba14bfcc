#include <vector>
int main(int argc, char **) {
    std::vector<int> all((1ul << 50) + argc);
    return all[argc];
}
