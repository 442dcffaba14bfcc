/* What the sanitizers are told when the runner is built with them: it has no environment.
 *
 * No leak check: it would trace the process, which the runner's own filter forbids.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1";
}
