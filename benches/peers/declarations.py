"""Writes C declarations of the system's own headers, as both parsers take them.

The C compiler preprocesses the headers; what only compilers understand is removed.
"""

import re
import subprocess
import sys

# All of them come with the C library.
HEADERS = """
    aio.h arpa/inet.h complex.h ctype.h dirent.h dlfcn.h errno.h fcntl.h fenv.h fnmatch.h ftw.h
    glob.h grp.h iconv.h ifaddrs.h inttypes.h langinfo.h libgen.h locale.h math.h monetary.h
    mqueue.h net/if.h netdb.h netinet/in.h netinet/tcp.h nl_types.h poll.h pthread.h pwd.h regex.h
    resolv.h sched.h search.h semaphore.h setjmp.h signal.h spawn.h stdio.h stdlib.h string.h
    strings.h sys/epoll.h sys/inotify.h sys/ipc.h sys/mman.h sys/mount.h sys/msg.h sys/ptrace.h
    sys/resource.h sys/select.h sys/sem.h sys/shm.h sys/socket.h sys/stat.h sys/statvfs.h
    sys/syscall.h sys/time.h sys/times.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/wait.h
    syslog.h termios.h time.h uchar.h ucontext.h unistd.h utime.h utmpx.h wchar.h wctype.h
    wordexp.h
    linux/bpf.h linux/can.h linux/dm-ioctl.h linux/ethtool.h linux/fuse.h linux/if_link.h
    linux/input.h linux/io_uring.h linux/kvm.h linux/netfilter.h linux/netlink.h linux/nl80211.h
    linux/perf_event.h linux/rtnetlink.h linux/taskstats.h linux/uinput.h linux/usb/ch9.h
    linux/userfaultfd.h linux/v4l2-controls.h linux/videodev2.h linux/vfio.h
    sound/asound.h
""".split()

ATTRIBUTE = re.compile(r"__attribute__\s*\(\(|__asm__\s*\(|_Alignas\s*\(|__aligned__\s*\(")
WORDS = {
    "__extension__": "",
    "__restrict": "",
    "__restrict__": "",
    "__inline": "inline",
    "__inline__": "inline",
    "__const": "const",
    "__volatile__": "volatile",
    "__signed__": "signed",
    "_Noreturn": "",
    "__gnuc_va_list": "void *",
}

# CFFI does not compute sizes. Any number will do that leaves no array's length negative.
SIZE = re.compile(r"(?P<minus>-\s*\(?)?(\(int\)\s*)?\bsizeof\s*\([^()]*\)")
# Definitions, pragmas, and what pycparser or CFFI does not take.
REFUSED = re.compile(
    r"^((static|extern)\s+)*inline\b|^#|_Float\d+|__int128|__builtin|_Complex|_Static_assert"
    r"|_Alignof|__typeof__|\?|\[\s*__nmatch\]|\(__u\d+\)"
)


def preprocess():
    source = "".join(
        f"#if __has_include(<{header}>)\n#include <{header}>\n#endif\n" for header in HEADERS
    )
    command = ["cc", "-E", "-P", "-D_GNU_SOURCE", "-U__OPTIMIZE__", "-x", "c", "-"]
    return subprocess.run(command, input=source, capture_output=True, text=True, check=True).stdout


def without_attributes(text):
    """Removes each attribute up to the parenthesis that closes it."""
    kept = []
    position = 0
    while match := ATTRIBUTE.search(text, position):
        kept.append(text[position : match.start()])
        position = match.end()
        depth = match.group().count("(")
        while depth:
            depth += {"(": 1, ")": -1}.get(text[position], 0)
            position += 1
    kept.append(text[position:])
    return "".join(kept)


def top_level(text):
    """The declarations; bodies of inline functions end one as well."""
    depth, start = 0, 0
    for position, character in enumerate(text):
        depth += {"{": 1, "}": -1, "(": 1, ")": -1}.get(character, 0)
        if depth:
            continue
        ends_function = character == "}" and re.match(
            r"\s*(static|extern)?\s*inline\b", text[start:]
        )
        if character == ";" or ends_function:
            yield text[start : position + 1].strip()
            start = position + 1


def main(path):
    text = without_attributes(preprocess())
    text = re.sub(r"\b\w+\b", lambda match: WORDS.get(match.group(), match.group()), text)
    text = SIZE.sub(lambda match: match["minus"] + "1" if match["minus"] else "8", text)
    with open(path, "w", encoding="utf-8") as file:
        for declaration in top_level(text):
            if not REFUSED.search(declaration):
                file.write(declaration + "\n")


main(sys.argv[1])
