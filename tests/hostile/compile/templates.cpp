/* attack: templates that make each other without end
 * expect: CE
 */
template <int A, int B> struct T {
    static constexpr long value = T<A - 1, B>::value + T<A, B - 1>::value + T<A - 1, B - 1>::value;
};
template <int A> struct T<A, 0> { static constexpr long value = A; };
template <int B> struct T<0, B> { static constexpr long value = B; };
int main() {
    return T<800, 800>::value;
}
