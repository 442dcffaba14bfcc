/* A user for the uid that a program runs as: NSS module "program".
 *
 * Each run has a uid of its own, which no file lists; Java's user.name, getpass.getuser() and
 * os.userInfo() want an entry. Only uids beyond those of a system get one, and only when no file
 * has them: nsswitch.conf asks this module last.
 */
#include <errno.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#define FIRST_UID 65536
#define NAME "program"

static char name[] = NAME, password[] = "x", home[] = "/tmp", shell[] = "/bin/sh", *nobody[] = {NULL};

static enum nss_status user(uid_t uid, struct passwd *found) {
    *found = (struct passwd){
        .pw_name = name, .pw_passwd = password, .pw_uid = uid, .pw_gid = uid,
        .pw_gecos = name, .pw_dir = home, .pw_shell = shell,
    };
    return NSS_STATUS_SUCCESS;
}

static enum nss_status group(gid_t gid, struct group *found) {
    *found = (struct group){.gr_name = name, .gr_passwd = password, .gr_gid = gid, .gr_mem = nobody};
    return NSS_STATUS_SUCCESS;
}

static enum nss_status absent(int *error) {
    *error = ENOENT;
    return NSS_STATUS_NOTFOUND;
}

enum nss_status _nss_program_getpwuid_r(uid_t uid, struct passwd *found, char *, size_t, int *error) {
    return uid < FIRST_UID ? absent(error) : user(uid, found);
}

enum nss_status _nss_program_getgrgid_r(gid_t gid, struct group *found, char *, size_t, int *error) {
    return gid < FIRST_UID ? absent(error) : group(gid, found);
}

enum nss_status _nss_program_getpwnam_r(const char *of, struct passwd *found, char *, size_t, int *error) {
    return strcmp(of, NAME) || getuid() < FIRST_UID ? absent(error) : user(getuid(), found);
}

enum nss_status _nss_program_getgrnam_r(const char *of, struct group *found, char *, size_t, int *error) {
    return strcmp(of, NAME) || getgid() < FIRST_UID ? absent(error) : group(getgid(), found);
}
