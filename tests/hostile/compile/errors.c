/* attack: more error messages than anybody wants to store
 * expect: CE
 */
#define E(x) _Static_assert(0, "all work and no play makes jack a dull boy, and so on " #x);
#define F(x) E(x) E(x) E(x) E(x) E(x) E(x) E(x) E(x) E(x) E(x)
#define G(x) F(x) F(x) F(x) F(x) F(x) F(x) F(x) F(x) F(x) F(x)
G(G(a)) G(a) G(b) G(c) G(d) G(e) G(f) G(g) G(h) G(i) G(j)
int main(void) {
    return 0;
}
