#include <string>

struct Shape {
    virtual int area();
    virtual ~Shape() {}
};
int nowhere(const std::string &, Shape &);

int main() {
    Shape shape;
    return nowhere("x", shape);
}
