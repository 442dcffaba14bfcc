/* System calls that no judged program gets, each with what that stops and which programs it hurts.
 *
 *   DENY(name, errno, what it stops, which honest program it hurts)
 *   ALLOW_ONLY(name, argument, value, errno, stops, hurts)   passes with this argument alone
 *   DENY_VALUE(name, argument, value, errno, stops, hurts)   passes with any other argument
 *   DENY_FLAGS(name, argument, mask, errno, stops, hurts)    passes without any of these bits
 *   DENY_FLAGS_OF(name, argument, value, second, mask, errno, stops, hurts)
 *                                       passes with another value, or without any of these bits in `second`
 *
 * SUCCESS for an errno: the call returns success and does nothing. Nothing is lost by that: what a
 * program can write is in memory and deleted later; what it can only read is the host's.
 *
 * This is the only copy: the runner's own filter is compiled from it, the container's seccomp
 * profile and docs/system-calls.md are generated from it. Everything else is allowed, because an
 * allow-list that forgets one call of a new libc breaks every language at once. Calls through
 * another table (i386, x32) end the program with SIGSYS, whatever their number.
 */
DENY(ptrace, EPERM, "reading and steering other processes", "debuggers, strace, leak sanitizer at exit")
DENY(process_vm_readv, EPERM, "reading other processes", "debuggers; MPI's shared-memory transport")
DENY(process_vm_writev, EPERM, "writing other processes", "debuggers; MPI's shared-memory transport")
#ifdef __NR_process_madvise
DENY(process_madvise, EPERM, "touching other processes' memory", "memory managers of desktops and phones")
#endif
DENY(kcmp, EPERM, "comparing kernel objects of other processes", "checkpointing tools; graphics drivers")
DENY(pidfd_getfd, EPERM, "taking descriptors of other processes", "debuggers and supervisors")
DENY(bpf, EPERM, "loading code into the kernel", "tracing and network tools")
DENY(perf_event_open, EPERM, "side channels, kernel attack surface", "profilers (perf, PAPI)")
DENY(userfaultfd, EPERM, "stalling the kernel in the middle of a copy", "live migration; some garbage collectors, which fall back")
DENY(io_uring_setup, EPERM, "system calls that no filter sees", "fast servers; libuv and tokio fall back to epoll")
DENY(io_uring_enter, EPERM, "system calls that no filter sees", "as above")
DENY(io_uring_register, EPERM, "system calls that no filter sees", "as above")
DENY(io_setup, ENOSYS, "using up the asynchronous requests, whose number is limited for the whole machine", "databases on libaio, which fall back")
DENY(keyctl, EPERM, "kernel keyrings, which outlive a run", "Kerberos and disk encryption tools")
DENY(add_key, EPERM, "kernel keyrings, which outlive a run", "Kerberos and disk encryption tools")
DENY(request_key, EPERM, "kernel keyrings, which outlive a run", "Kerberos and disk encryption tools")
DENY(mount, EPERM, "changing the file tree", "container tools")
DENY(umount2, EPERM, "changing the file tree", "container tools")
DENY(pivot_root, EPERM, "changing the file tree", "container tools")
DENY(chroot, EPERM, "changing the file tree", "daemons that confine themselves; needs root anyway")
DENY(move_mount, EPERM, "changing the file tree", "container tools")
DENY(open_tree, EPERM, "changing the file tree", "container tools")
#ifdef __NR_open_tree_attr
DENY(open_tree_attr, EPERM, "changing the file tree", "container tools")
#endif
DENY(fsopen, EPERM, "changing the file tree", "container tools")
DENY(fsconfig, EPERM, "changing the file tree", "container tools")
DENY(fsmount, EPERM, "changing the file tree", "container tools")
DENY(fspick, EPERM, "changing the file tree", "container tools")
#ifdef __NR_mount_setattr
DENY(mount_setattr, EPERM, "changing the file tree", "container tools")
#endif
DENY(unshare, EPERM, "new namespaces: kernel attack surface", "container tools, browsers' sandboxes; Bazel and Nix builds")
DENY(setns, EPERM, "entering other namespaces", "container tools")
DENY(swapon, EPERM, "machine administration", "none: needs root")
DENY(swapoff, EPERM, "machine administration", "none: needs root")
DENY(reboot, EPERM, "machine administration", "none: needs root")
DENY(kexec_load, EPERM, "machine administration", "none: needs root")
DENY(kexec_file_load, EPERM, "machine administration", "none: needs root")
DENY(init_module, EPERM, "machine administration", "none: needs root")
DENY(finit_module, EPERM, "machine administration", "none: needs root")
DENY(delete_module, EPERM, "machine administration", "none: needs root")
DENY(acct, EPERM, "machine administration", "none: needs root")
DENY(quotactl, EPERM, "machine administration", "quota tools")
#ifdef __NR_quotactl_fd
DENY(quotactl_fd, EPERM, "machine administration", "quota tools")
#endif
DENY(settimeofday, EPERM, "setting the clock", "none: needs root")
DENY(clock_settime, EPERM, "setting the clock", "none: needs root")
DENY(clock_adjtime, EPERM, "setting the clock", "programs that ask how well the clock is disciplined")
DENY(adjtimex, EPERM, "setting the clock", "programs that ask how well the clock is disciplined")
DENY(sethostname, EPERM, "machine administration", "none: needs root")
DENY(setdomainname, EPERM, "machine administration", "none: needs root")
DENY(syslog, EPERM, "reading the kernel's log", "dmesg")
DENY(open_by_handle_at, EPERM, "opening files past the file tree", "user-space file servers; needs root anyway")
DENY(name_to_handle_at, EPERM, "opening files past the file tree", "systemd's mount-point test, which falls back")
DENY(lookup_dcookie, EPERM, "kernel attack surface", "OProfile, long gone")
DENY(fanotify_init, EPERM, "watching the file system", "virus scanners; inotify stays")
ALLOW_ONLY(personality, 0, 0xffffffff, EPERM, "turning address randomisation off", "setarch, gdb, old Lisps that map a fixed heap; asking for the present one passes")
DENY(shmget, EPERM, "System V memory, which outlives a run", "old scientific programs, MPI, X clients; mmap and shm_open stay")
DENY(semget, EPERM, "System V semaphores, which outlive a run", "old multi-process programs, PHP's sem_get; sem_open stays")
DENY(msgget, EPERM, "System V queues, which outlive a run", "course exercises on IPC; pipes and sockets stay")
DENY(mq_open, EPERM, "POSIX queues, which outlive a run", "course exercises on IPC; pipes and sockets stay")
DENY(move_pages, EPERM, "moving other processes' memory", "NUMA tuning (numactl, OpenMP runtimes), which goes on without")
DENY(migrate_pages, EPERM, "moving other processes' memory", "NUMA tuning (numactl), which goes on without")
DENY(sync, SUCCESS, "flushing the host's disks, in calls that nobody can interrupt", "none: what programs write is in memory")
DENY(syncfs, SUCCESS, "as above", "none")
DENY(fsync, SUCCESS, "flushing the disk of a file that a program can only read: many of these stall a database", "none: what programs write is in memory")
DENY(fdatasync, SUCCESS, "as above", "none")
DENY(sync_file_range, SUCCESS, "as above", "none")
DENY_FLAGS(msync, 2, 0x4, SUCCESS, "as above, through a mapping (MS_SYNC)", "none: mappings are shared without it")
DENY_VALUE(fadvise64, 3, 4, SUCCESS, "removing files that others use from the cache (POSIX_FADV_DONTNEED)", "none: it is advice")
#ifdef __NR_cachestat
DENY(cachestat, ENOSYS, "seeing which files others have read", "none: new in Linux 6.5")
#endif
DENY_VALUE(fcntl, 1, 1036, EPERM, "marks for the next program on files that can only be read (F_SET_RW_HINT before Linux 6.9)", "none: hints for disks")
DENY_FLAGS(mmap, 3, 0x40000, ENOMEM, "huge pages that are reserved for others and count against no limit (MAP_HUGETLB)", "databases and virtual machines, which fall back; transparent huge pages stay")
DENY_FLAGS(memfd_create, 1, 0x4, ENOMEM, "as above (MFD_HUGETLB)", "as above")
DENY(setxattr, EOPNOTSUPP, "access lists: 64 KiB of kernel memory for every file, which no control group counts", "none: cp, tar and install go on as on a file system without attributes")
DENY(lsetxattr, EOPNOTSUPP, "as above", "as above")
DENY(fsetxattr, EOPNOTSUPP, "as above", "as above")
DENY(setxattrat, EOPNOTSUPP, "as above", "as above")
DENY(mbind, EPERM, "memory policies of shared files: kernel memory for every page, which no control group counts", "NUMA tuning (numactl, OpenMP runtimes), which goes on without")
DENY(set_mempolicy, EPERM, "as above, for its own processes", "as above")
#ifdef __NR_set_mempolicy_home_node
DENY(set_mempolicy_home_node, EPERM, "as above", "as above")
#endif
DENY_VALUE(madvise, 2, MADV_MERGEABLE, EINVAL, "merging of equal pages, as by prctl below", "none: virtual machine monitors")
#ifdef __NR_open
DENY_FLAGS(open, 1, O_DIRECT, EINVAL, "reading the disk past the cache, again and again, at no CPU time", "databases and disk benchmarks, which fall back; `dd iflag=direct`")
#endif
DENY_FLAGS(openat, 2, O_DIRECT, EINVAL, "as above", "as above")
DENY_FLAGS_OF(fcntl, 1, F_SETFL, 2, O_DIRECT, EINVAL, "as above, on a file that is open", "as above; pipes of packets are made by pipe2")
DENY(openat2, ENOSYS, "its flags are in memory, which filters cannot read", "none: programs fall back to openat, as before Linux 5.6")
DENY_VALUE(ioctl, 1, FS_IOC_SETFLAGS, ENOTTY, "flags of files (chattr) as marks for the next program", "chattr; databases that turn copy-on-write off go on without")
DENY_VALUE(ioctl, 1, FS_IOC_FSSETXATTR, ENOTTY, "as above, and project numbers", "quota tools")
DENY_VALUE(ioctl, 1, FS_IOC_SETVERSION, ENOTTY, "as above, by generation numbers", "none")
DENY_VALUE(ioctl, 1, EXT4_IOC_SETVERSION, ENOTTY, "as above", "none")
DENY_FLAGS(sendto, 3, MSG_OOB, EOPNOTSUPP, "out-of-band data of unix sockets: kernel attack surface (CVE-2025-38236)", "none: new in Linux 5.15")
DENY_FLAGS(sendmsg, 2, MSG_OOB, EOPNOTSUPP, "as above", "none")
DENY_FLAGS(sendmmsg, 3, MSG_OOB, EOPNOTSUPP, "as above", "none")
DENY(statmount, ENOSYS, "mounts of other namespaces by number", "none: new in Linux 6.8")
DENY(listmount, ENOSYS, "as above", "none")
DENY(vhangup, EPERM, "terminals", "none: needs root")
DENY(vmsplice, EPERM, "gifting pages: kernel attack surface", "zero-copy pipes: the fastest FizzBuzz writes instead")
#ifdef __NR_memfd_secret
DENY(memfd_secret, ENOSYS, "memory that the OOM killer cannot see", "key stores, which fall back")
#endif
DENY(clone3, ENOSYS, "its flags are in memory, which filters cannot read", "none: libcs fall back to clone on this errno")
#ifdef __NR_iopl
DENY(iopl, EPERM, "hardware ports", "none: needs root")
DENY(ioperm, EPERM, "hardware ports", "none: needs root")
DENY(modify_ldt, EPERM, "x86 segments: kernel attack surface", "Wine and 16-bit emulators")
DENY(uselib, ENOSYS, "obsolete", "none")
DENY(_sysctl, ENOSYS, "obsolete", "none")
DENY(nfsservctl, ENOSYS, "obsolete", "none")
#endif
ALLOW_ONLY(socket, 0, AF_UNIX, EAFNOSUPPORT, "every network, and kernel crypto (AF_ALG), netlink, vsock: attack surface", "network clients and servers; getifaddrs; a loopback between processes of one run")
ALLOW_ONLY(socketpair, 0, AF_UNIX, EAFNOSUPPORT, "pairs of other families (TIPC): attack surface", "none")
DENY_VALUE(prctl, 0, PR_SCHED_CORE, EINVAL, "core scheduling, which makes the neighbouring core idle", "none: virtual machine monitors")
DENY_VALUE(prctl, 0, PR_SET_MEMORY_MERGE, EINVAL, "merging of equal pages, which costs kernel time that no limit counts, and by its timing shows what others have in memory", "none: virtual machine monitors")
DENY_VALUE(setrlimit, 0, RLIMIT_CORE, EPERM, "core limits other than 1, at which a crash reaches the host's core handler", "`ulimit -c`")
DENY_VALUE(prlimit64, 1, RLIMIT_CORE, EPERM, "core limits other than 1, at which a crash reaches the host's core handler", "`ulimit -c`")
DENY_FLAGS(clone, 0, NEW_NAMESPACES, EPERM, "new namespaces: kernel attack surface", "container tools, browsers' sandboxes")
