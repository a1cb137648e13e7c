"""Structs of the system's headers: getrusage, stat and localtime."""

import os

import metaffi

libc = metaffi.MetaFFIRuntime("c").load_module("sys/resource.h;sys/stat.h;time.h")

getrusage = libc.load_entity("callable=getrusage")
usage = libc.new("struct rusage")
getrusage(libc.load_entity("constant=RUSAGE_SELF,getter")(), usage)
seconds = usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6
print("used some time:", seconds > 0, "and some memory:", usage.ru_maxrss > 1000)

stat = libc.load_entity("callable=stat")
found = libc.new("struct stat")
if stat(__file__, found):
    raise SystemExit("stat failed")
print("the size that Python knows:", found.st_size == os.stat(__file__).st_size)

# localtime returns a pointer into libc's memory; mktime reads a struct that is ours.
os.environ["TZ"] = "UTC"
libc.load_entity("callable=tzset")()
localtime = libc.load_entity("callable=localtime")
now = localtime(libc.new("time_t[1]", [86400]))
print(f"a day after the epoch: {now.tm_year + 1900}-{now.tm_mon + 1:02}-{now.tm_mday:02}")

mktime = libc.load_entity("callable=mktime")
date = libc.new("struct tm", {"tm_year": 2000 - 1900, "tm_mon": 1, "tm_mday": 30})
print("seconds since the epoch:", mktime(date))
print(f"February 30th is March {date.tm_mday}st")
