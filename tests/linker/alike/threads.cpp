// Thread-local objects, with destructors; what threads do once.
#include <iostream>
#include <mutex>
#include <string>
#include <thread>

struct Said {
    std::string text;
    ~Said() { std::cout << "destroyed " << text << std::endl; }
};

thread_local Said said;
std::once_flag flag;

int main() {
    said.text = "main's";
    for (int number = 0; number < 2; number++)
        std::thread([=] {
            said.text = "thread's " + std::to_string(number);
            std::call_once(flag, [] { std::cout << "once" << std::endl; });
        }).join();
}
