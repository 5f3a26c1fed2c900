"""Decides which system calls a candidate's containers may make: what our own list allows.

An engine's own profile depends on its version: Docker 20.10 allows io_uring, AF_VSOCK and file
locks that two containers can signal each other by. What is not named here is refused, and what is
newer than this list is said not to exist, so that libraries take the older call.
"""

import errno
import json
from typing import Any

# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET.
NEW_NAMESPACES = 0x7E020000
# AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK, by which a program lists its own addresses.
FAMILIES = (1, 2, 10, 16)
ALLOW, REFUSE = "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO"

FILES = """
    access chdir chmod chown close close_range copy_file_range creat dup dup2 dup3 faccessat
    faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchmodat2 fchown fchownat fcntl fdatasync
    fgetxattr flistxattr fremovexattr fsetxattr fstat fstatfs fsync ftruncate futimesat getcwd
    getdents getdents64 getxattr ioctl lchown lgetxattr link linkat listxattr llistxattr
    lremovexattr lseek lsetxattr lstat mkdir mkdirat mknod mknodat newfstatat open openat openat2
    pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink readlinkat
    readv removexattr rename renameat renameat2 rmdir sendfile setxattr splice stat statfs statx
    symlink symlinkat sync sync_file_range syncfs tee truncate umask unlink unlinkat utime utimensat
    utimes vmsplice write writev
"""
MEMORY = """
    brk get_mempolicy madvise membarrier memfd_create mincore mlock mlock2 mlockall mmap mprotect
    mremap msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect shmat shmctl shmdt
    shmget semctl semget semop semtimedop mq_getsetattr mq_notify mq_open mq_timedreceive
    mq_timedsend mq_unlink
"""
PROCESSES = """
    arch_prctl capget capset execve execveat exit exit_group fork futex futex_waitv get_robust_list
    get_thread_area getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid getppid
    getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid ioprio_get kill
    pidfd_open pidfd_send_signal prctl prlimit64 restart_syscall rseq sched_get_priority_max
    sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
    sched_rr_get_interval sched_setaffinity sched_setscheduler sched_setparam sched_yield seccomp
    set_robust_list set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setpgid
    setpriority setregid setresgid setresuid setreuid setrlimit setsid setuid sysinfo tgkill times
    tkill uname vfork wait4 waitid landlock_add_rule landlock_create_ruleset landlock_restrict_self
"""
SIGNALS_AND_TIME = """
    alarm clock_getres clock_gettime clock_nanosleep getitimer getrandom gettimeofday nanosleep
    pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend
    rt_sigtimedwait rt_tgsigqueueinfo setitimer sigaltstack signalfd signalfd4 time timer_create
    timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime
    timerfd_settime
"""
WAITING_AND_SOCKETS = """
    accept accept4 bind connect epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
    epoll_wait eventfd eventfd2 getpeername getsockname getsockopt listen poll ppoll pselect6
    recvfrom recvmmsg recvmsg select sendmmsg sendmsg sendto setsockopt shutdown socketpair
"""
# Refused although an ordinary container may: each reaches around a wall, or widens what of the
# host's kernel can be attacked. A test holds this list against the one above.
REFUSED = """
    add_key bpf chroot fanotify_init flock fsopen inotify_add_watch inotify_init inotify_init1
    io_uring_enter io_uring_register io_uring_setup kcmp keyctl mount move_mount name_to_handle_at
    open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root process_madvise
    process_vm_readv process_vm_writev ptrace request_key setns syslog umount2 unshare userfaultfd
"""


def allowed() -> list[str]:
    """Return the names of the calls that are allowed whatever their arguments."""
    groups = (FILES, MEMORY, PROCESSES, SIGNALS_AND_TIME, WAITING_AND_SOCKETS)
    return sorted(name for group in groups for name in group.split())


def profile() -> str:
    """Return the profile as an engine reads it, for the machine's own architecture only."""
    rules: list[dict[str, Any]] = [
        {"names": allowed(), "action": ALLOW},
        {"names": sorted(REFUSED.split()), "action": REFUSE, "errnoRet": errno.EPERM},
        # A filter cannot read clone3's flags; without it the C library uses clone.
        {"names": ["clone3"], "action": REFUSE, "errnoRet": errno.ENOSYS},
        {"names": ["clone"], "action": ALLOW, "args": [_argument(NEW_NAMESPACES, masked=True)]},
        *(
            {"names": ["socket"], "action": ALLOW, "args": [_argument(family)]}
            for family in FAMILIES
        ),
    ]
    return json.dumps({"defaultAction": REFUSE, "syscalls": rules}, separators=(",", ":"))


def _argument(value: int, *, masked: bool = False) -> dict[str, Any]:
    """Return the condition that the first argument is `value`, or has none of its bits."""
    operator = "SCMP_CMP_MASKED_EQ" if masked else "SCMP_CMP_EQ"
    return {"index": 0, "value": value, "valueTwo": 0, "op": operator}
