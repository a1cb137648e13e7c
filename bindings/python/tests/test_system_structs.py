"""The system's own structs, by its headers and by declarations."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import metaffi
from metaffi import MetaFFIHandle, MetaFFIModule


@pytest.fixture(scope="module", params=["headers", "declarations"])
def system(c: metaffi.MetaFFIRuntime, request: pytest.FixtureRequest) -> MetaFFIModule:
    if request.param == "headers":
        headers = ["sys/resource.h", "sys/stat.h", "time.h", "sys/time.h", "sys/utsname.h"]
        return c.load_module(";".join(headers))
    module = c.load_module("")
    module.declare(
        """
        struct timeval { long tv_sec; long tv_usec; };
        struct timespec { long tv_sec; long tv_nsec; };
        struct rusage {
            struct timeval ru_utime, ru_stime;
            long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap;
            long ru_inblock, ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
        };
        struct stat {
            unsigned long st_dev, st_ino, st_nlink;
            unsigned st_mode, st_uid, st_gid;
            int __pad0;
            unsigned long st_rdev;
            long st_size, st_blksize, st_blocks;
            struct timespec st_atim, st_mtim, st_ctim;
            long reserved[3];
        };
        struct tm {
            int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
            long tm_gmtoff;
            const char *tm_zone;
        };
        struct utsname { char sysname[65], nodename[65], release[65], version[65], machine[65],
                         domainname[65]; };
        int getrusage(int who, struct rusage *usage);
        int stat(const char *path, struct stat *buffer);
        struct tm *gmtime_r(const long *time, struct tm *result);
        struct tm *localtime(const long *time);
        long timegm(struct tm *tm);
        int gettimeofday(struct timeval *tv, void *tz);
        int uname(struct utsname *name);
        """
    )
    return module


def function(module: MetaFFIModule, name: str) -> Callable[..., object]:
    return module.load_entity(f"callable={name}")


needs_x86_64 = pytest.mark.skipif(os.uname().machine != "x86_64", reason="x86-64 declarations")


@needs_x86_64
def test_getrusage(system: MetaFFIModule) -> None:
    usage = system.new("struct rusage")
    assert function(system, "getrusage")(0, usage) == 0
    own = resource.getrusage(resource.RUSAGE_SELF)
    assert 0 < usage.ru_maxrss <= own.ru_maxrss
    spent = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6
    assert 0 < spent <= own.ru_utime
    assert 0 < usage.ru_minflt <= own.ru_minflt


@needs_x86_64
def test_stat(system: MetaFFIModule, tmp_path: Path) -> None:
    path = tmp_path / "größe"
    path.write_bytes(b"12345")
    buffer = system.new("struct stat")
    assert function(system, "stat")(str(path), buffer) == 0
    own = path.stat()
    found = (buffer.st_size, buffer.st_mode, buffer.st_ino, buffer.st_uid, buffer.st_nlink)
    assert found == (5, own.st_mode, own.st_ino, own.st_uid, own.st_nlink)
    assert buffer.st_mtim.tv_sec * 10**9 + buffer.st_mtim.tv_nsec == own.st_mtime_ns
    assert function(system, "stat")(str(tmp_path / "nothing"), buffer) == -1


@needs_x86_64
def test_tm(system: MetaFFIModule) -> None:
    seconds, broken = system.new("long", 86400 * 365), system.new("struct tm")
    returned = function(system, "gmtime_r")(seconds, broken)
    assert isinstance(returned, MetaFFIHandle)
    assert returned == system.address(broken)
    assert (broken.tm_year, broken.tm_mon, broken.tm_mday, broken.tm_yday) == (71, 0, 1, 0)
    assert str(broken.tm_zone) == "GMT"
    broken.tm_mday += 1
    assert function(system, "timegm")(broken) == 86400 * 366
    local = function(system, "localtime")(seconds)
    assert isinstance(local, MetaFFIHandle)
    own = time.localtime(86400 * 365)
    assert (local.tm_hour, local.tm_min, local.tm_gmtoff) == (
        own.tm_hour,
        own.tm_min,
        own.tm_gmtoff,
    )


@needs_x86_64
def test_timeval(system: MetaFFIModule) -> None:
    now = system.new("struct timeval")
    before = int(time.time())
    assert function(system, "gettimeofday")(now, None) == 0
    assert before <= now.tv_sec <= time.time()
    assert 0 <= now.tv_usec < 1_000_000


@needs_x86_64
def test_a_field_wins_over_what_handles_have(system: MetaFFIModule) -> None:
    name = system.new("struct utsname")
    assert function(system, "uname")(name) == 0
    own = os.uname()
    assert (str(name.sysname), str(name.release), str(name.machine)) == (
        own.sysname,
        own.release,
        own.machine,
    )
    MetaFFIHandle.release(name)
    assert name.released
