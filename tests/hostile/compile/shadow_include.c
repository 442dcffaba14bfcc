/* attack: includes files of root, which the compiler would then quote
 * expect: CE
 */
#include "/etc/shadow"
#include "/root/.ssh/id_rsa"
#include "/proc/1/environ"
int main(void) {
    return 0;
}
