/* attack: more threads than the limit on processes allows
 * expect: AC
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static void *rest(void *p) {
    pause();
    return p;
}
int main(void) {
    pthread_attr_t small;
    pthread_t t;
    int n = 0;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    while (n < 5000 && pthread_create(&t, &small, rest, NULL) == 0) n++;
    puts(n > 32 ? "BREACH more threads than allowed" : "held");
}
